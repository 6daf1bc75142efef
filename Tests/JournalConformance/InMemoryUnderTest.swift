package import Journal

/// The model, put to its own suite: what it doesn't pass says nothing about an engine.
package final class InMemoryUnderTest: StoreUnderTest {
    package let log: LogID
    package private(set) var store: any JournalStore
    private let file: InMemoryFile

    package init(_ file: InMemoryFile) {
        log = file.log
        self.file = file
        store = InMemoryJournal(file)
    }

    package convenience init(log: LogID) {
        self.init(InMemoryFile(log: log))
    }

    package func reopen() {
        store = InMemoryJournal(file)
    }

    package func archive() -> any JournalArchive { InMemoryArchive(file) }
}
