"""Bodies of sends that are valid, to be spoiled by the members that a test gives."""

BUTTON = {"caption": "بله", "open_url": "https://example.com/a"}


def message(**members):
    return {"conversation_id": "c-1", "text": "x", **members}


def with_button(**members):
    return message(buttons=[[{"caption": "a", **members}]])
