/// On what ground an answer comes from memory.
enum MemoryUse {
    case fresh, whileRevalidating, onError
}
