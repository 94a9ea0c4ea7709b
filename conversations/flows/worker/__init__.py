"""What a social worker can write."""
