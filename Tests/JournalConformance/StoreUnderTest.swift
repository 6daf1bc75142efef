package import Journal

/// One journal of an engine under test, begun anew for each promise. Confined to one thread.
package protocol StoreUnderTest: AnyObject {
    var log: LogID { get }
    var store: any JournalStore { get }

    /// Ends the store and opens the same journal again, as after a crash.
    func reopen() throws

    /// The same journal as the `audit` commands see it, at the same time.
    func archive() throws -> any JournalArchive
}
