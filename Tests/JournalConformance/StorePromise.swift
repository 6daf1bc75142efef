/// One thing that every engine has to keep.
package struct StorePromise: Sendable, CustomStringConvertible {
    package let description: String
    private let check: @Sendable (SampleGateway) throws -> Void

    init(_ description: String, _ check: @escaping @Sendable (SampleGateway) throws -> Void) {
        self.description = description
        self.check = check
    }

    /// Checks it on a journal that has no records yet; throws where it isn't kept.
    package func check(_ engine: any StoreUnderTest) throws {
        try check(try SampleGateway(engine))
    }
}
