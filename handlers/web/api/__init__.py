"""The core as a service: `/api/v1`, for the web platform and other programs that share the one calendar.

`service.py` is the way of a request, `operations.py` what an operation is, `document.py` the OpenAPI document, and the
other modules what each does. The contents page is `OPERATIONS` of `table.py`.
"""
