"""The morning card of a property's manager: what broke yesterday, and when it is put right."""
