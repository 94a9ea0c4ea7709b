"""What people set for their account outside of a talk: the platform's password."""
