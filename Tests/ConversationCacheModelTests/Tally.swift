/// How often the schedules came to what they are made for.
struct Tally {
    var steps = 0
    var hits = 0
    var negativeHits = 0
    var staleHits = 0
    var standIns = 0
    var renewals = 0
    var joins = 0
    var repeats = 0
    var lateAnswers = 0
    var evictions = 0
    var tokenEnds = 0

    var rarest: Int {
        [hits, negativeHits, staleHits, standIns, renewals, joins, repeats, lateAnswers, evictions, tokenEnds].min()
            ?? 0
    }
}
