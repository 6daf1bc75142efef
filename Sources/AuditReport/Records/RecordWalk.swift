internal import Journal

/// Walks through an archive some thousand record numbers at a time, so that a log of any length takes the same memory.
struct RecordWalk {
    static let usualStep = 5_000
    /// Steps in a row that may lack all records. A log has no gaps; whoever removed more than that should not keep a
    /// listing busy for years by one record with a huge number.
    static let emptySteps = 20_000

    let archive: any JournalArchive
    /// Bytes that bodies have to contain; nil for all.
    var part: [UInt8]?
    var step = RecordWalk.usualStep

    /// Visits the steps from the highest number down, each with its records in ascending order.
    ///
    /// - Parameter visit: false ends the walk.
    func down(
        _ numbers: ClosedRange<Int>,
        _ visit: (ClosedRange<Int>, [StoredRecord]) throws -> Bool
    ) throws {
        var high = numbers.upperBound
        var empty = 0
        while high >= numbers.lowerBound {
            let numbers = max(numbers.lowerBound, high - step + 1)...high
            guard try visit(numbers, try records(numbers, empty: &empty)) else { return }
            high = numbers.lowerBound - 1
        }
    }

    /// The same from the lowest number up.
    func up(
        _ numbers: ClosedRange<Int>,
        _ visit: (ClosedRange<Int>, [StoredRecord]) throws -> Bool
    ) throws {
        let last = numbers.upperBound
        var high = numbers.lowerBound - 1
        var empty = 0
        while high < last {
            let numbers = high + 1...high + min(step, last - high)
            guard try visit(numbers, try records(numbers, empty: &empty)) else { return }
            high = numbers.upperBound
        }
    }

    /// Looks at one record a step, from the highest number down, and gives the number of the first whose time is past;
    /// the lowest of all where there is none.
    func lowest(_ numbers: ClosedRange<Int>, isPast: (Int64?) -> Bool) throws(JournalStoreError) -> Int {
        var number = numbers.upperBound
        var empty = 0
        while number > numbers.lowerBound {
            let time = try time(of: number)
            if isPast(time) { return number }
            empty = time == nil ? empty + 1 : 0
            try check(empty, at: number)
            number = max(numbers.lowerBound, number - step)
        }
        return numbers.lowerBound
    }

    /// When the record of that number was made; nil where it is missing or says nothing.
    func time(of number: Int) throws(JournalStoreError) -> Int64? {
        try archive.records(number...number, containing: nil).first.flatMap { AuditRecord($0).time }
    }

    private func records(_ numbers: ClosedRange<Int>, empty: inout Int) throws(JournalStoreError) -> [StoredRecord] {
        let records = try archive.records(numbers, containing: part)
        var isEmpty = records.isEmpty
        if isEmpty, part != nil {
            isEmpty = try archive.records(numbers.lowerBound...numbers.lowerBound, containing: nil).isEmpty
        }
        empty = isEmpty ? empty + 1 : 0
        try check(empty, at: numbers.lowerBound)
        return records
    }

    private func check(_ empty: Int, at number: Int) throws(JournalStoreError) {
        guard empty < RecordWalk.emptySteps else {
            throw JournalStoreError(.corrupt, "records around \(number) are missing; see audit verify")
        }
    }
}
