private import Glibc

/// The memory that the allocator keeps for later, given back to the system. Swift's view of glibc lacks the call.
enum FreeMemory {
    static func giveBack() {
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
        let trim = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
        _ = trim(0)
    }
}
