private import Glibc

/// The memory of a secret: holds its bytes once, and holds zeros before it goes back to the allocator.
final class SecretBytes: Sendable {
    /// Looks at the memory just before it goes back. Only tests do.
    typealias Witness = @Sendable (Span<UInt8>) -> Void

    /// As a number, since pointers don't cross threads unchecked: nothing writes there between `init` and `deinit`.
    private let address: UInt
    let count: Int
    private let witness: Witness?

    init(copying bytes: some Collection<UInt8>, witness: Witness? = nil) {
        count = bytes.count
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 1)
        unsafe memory.copyBytes(from: bytes)
        address = UInt(bitPattern: memory.baseAddress)
        self.witness = witness
    }

    deinit {
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
        // A plain loop of stores would be dropped by the optimiser: nobody reads them. This call it has to make.
        unsafe explicit_bzero(start, count)
        witness?(unsafe UnsafeBufferPointer(start: pointer, count: count).span)
        unsafe start.deallocate()
    }

    func withBytes<Result, Failure: Error>(
        _ use: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Nothing but this keeps the memory while it is looked at: the address is a number.
        defer { withExtendedLifetime(self) {} }
        return try use(unsafe UnsafeBufferPointer(start: pointer, count: count).span)
    }

    func isEqual(to other: SecretBytes) -> Bool {
        defer { withExtendedLifetime((self, other)) {} }
        guard count == other.count else { return false }
        return unsafe SecretBytes.difference(pointer, other.pointer, count: count) == 0
    }

    private var pointer: UnsafePointer<UInt8>? { unsafe UnsafePointer(bitPattern: address) }

    /// Looks at every byte, wherever the first difference is. Not optimised, so that nothing can find out that it might
    /// stop early.
    @inline(never)
    @_optimize(none)
    private static func difference(_ left: UnsafePointer<UInt8>?, _ right: UnsafePointer<UInt8>?, count: Int) -> UInt8 {
        guard let left = unsafe left, let right = unsafe right else { return 1 }
        var difference: UInt8 = 0
        var index = 0
        while index < count {
            unsafe difference |= left[index] ^ right[index]
            index += 1
        }
        return difference
    }
}
