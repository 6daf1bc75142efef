import JournalConformance
import SeededCases
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: StoreConformance.promises, SQLiteUnderTest.Ending.allCases)
    func `the engine keeps the port's promises`(promise: StorePromise, ending: SQLiteUnderTest.Ending) throws {
        try promise.check(try SQLiteUnderTest(ending: ending))
    }

    @Test(arguments: StoreConformance.promises)
    func `the model keeps the port's promises`(promise: StorePromise) throws {
        try promise.check(InMemoryUnderTest(log: SQLiteUnderTest.log))
    }

    @Test(arguments: 0..<12)
    func `the engine does what the model does`(number: Int) throws {
        let ending: SQLiteUnderTest.Ending = number.isMultiple(of: 2) ? .closed : .killed
        let comparison = try StoreComparison(
            SQLiteUnderTest(ending: ending), seed: SplitMix64.seed &+ UInt64(number))
        #expect(throws: Never.self, "\(replay(number))") { try comparison.run(operations: 80) }
    }

    @Test func `the model does what the model does`() throws {
        let comparison = try StoreComparison(
            InMemoryUnderTest(log: SQLiteUnderTest.log), seed: SplitMix64.seed)
        #expect(throws: Never.self, "\(replay(0))") { try comparison.run(operations: 500) }
    }
}
