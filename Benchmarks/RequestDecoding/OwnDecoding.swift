internal import HTTPWire
internal import NIOCore

/// Our decoder, as a connection uses it.
enum OwnDecoding {
    static func nanoseconds(_ sample: Sample, _ requests: Int) -> Double {
        let arrived = ByteBuffer(bytes: sample.bytes)
        var decoder = RequestDecoder(limits: ServerLimits())
        var ended = 0
        let time = ThreadTime.nanoseconds {
            for _ in 0..<requests {
                var bytes = arrived
                while let part = decoder.next(&bytes) {
                    if case .end = part { ended += 1 }
                }
            }
        }
        precondition(ended == requests, "The sample is one whole request.")
        return time / Double(requests)
    }
}
