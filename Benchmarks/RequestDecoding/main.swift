/// Measures what it costs to make a request of bytes: our decoder beside NIO's (llhttp), on the same bytes, in turns,
/// in CPU time of this thread. Only a release build says something.
private let rounds = 15
private let requests = 20_000

print("CPU time per request in ns: median of \(rounds) rounds of \(requests), fastest and slowest round\n")
for sample in Sample.all {
    var ours: [Double] = []
    var theirs: [Double] = []
    // The first round warms up.
    for round in 0...rounds {
        let times = (OwnDecoding.nanoseconds(sample, requests), ReferenceDecoding.nanoseconds(sample, requests))
        guard round > 0 else { continue }
        ours.append(times.0)
        theirs.append(times.1)
    }
    let (own, reference) = (Figures(ours), Figures(theirs))
    print("\(sample.name), \(sample.bytes.count) bytes")
    print("  ours     \(own)")
    print("  NIOHTTP1 \(reference)")
    print("  ratio    \(Int((own.median / reference.median * 100).rounded())) %\n")
}
