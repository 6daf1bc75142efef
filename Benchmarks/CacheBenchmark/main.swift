/// Measures what the cache of conversations keeps, for whom and at what cost. No test: nothing fails here, the figures
/// are for whoever chooses an eviction or a limit. `docs/decisions` says what was made of them.
///
/// Printed are, for the product's own cache and for plain implementations of other policies:
/// - resident memory of an entry and of a remembered token, in bytes, against what the cache counts;
/// - times of a hit and of an insert, in nanoseconds;
/// - hit ratios in per cent, by documents and by their bytes, over patterns of access that were published, at 1, 10 and
///   30 per cent of what 30,000 documents take (`Trace` says what the patterns are and whence);
/// - hit ratios in per cent of a caller beside another that floods the cache.
///
/// Random numbers come from fixed seeds, so that ratios repeat exactly. Memory comes first: what others leave in the
/// allocator would be missing from it.
MemoryMeasurement().run()
TimeMeasurement().run()
HitRatioMeasurement().run()
for repeats in [1, 3] { FairnessMeasurement(repeats: repeats).run() }
