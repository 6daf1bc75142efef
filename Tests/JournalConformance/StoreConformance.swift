/// What the ports `JournalStore` and `JournalArchive` promise, as checks that any engine can be put to.
package enum StoreConformance {
    package static let promises: [StorePromise] =
        LogPromises.all + MessagePromises.all + ClaimPromises.all + ErasurePromises.all + PruningPromises.all
        + SweepPromises.all + QueuePromises.all + UserTokenPromises.all + ArchivePromises.all
}
