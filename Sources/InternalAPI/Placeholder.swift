enum InternalAPIPlaceholder {}
