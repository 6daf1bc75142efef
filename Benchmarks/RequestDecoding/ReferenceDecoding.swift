internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1

/// NIO's decoder in a channel, for it is made for no other place. What the channel itself costs is measured with a
/// handler that only counts buffers, and taken off.
enum ReferenceDecoding {
    static func nanoseconds(_ sample: Sample, _ requests: Int) -> Double {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
        let parts = Counter<HTTPServerRequestPart> { if case .end = $0 { true } else { false } }
        let buffers = Counter<ByteBuffer> { $0.readableBytes > 0 }
        let time = feed(sample, requests, [decoder, parts]) - feed(sample, requests, [buffers])
        precondition(parts.count == requests && buffers.count == requests, "The sample is one whole request.")
        return time / Double(requests)
    }

    private static func feed(_ sample: Sample, _ requests: Int, _ handlers: [any ChannelHandler]) -> Double {
        let arrived = ByteBuffer(bytes: sample.bytes)
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish() }
        do {
            try channel.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            preconditionFailure("A new channel takes handlers: \(error)")
        }
        return ThreadTime.nanoseconds {
            for _ in 0..<requests {
                channel.pipeline.fireChannelRead(arrived)
                channel.pipeline.fireChannelReadComplete()
            }
        }
    }

    private final class Counter<Part>: ChannelInboundHandler {
        typealias InboundIn = Part

        private let counts: (Part) -> Bool
        private(set) var count = 0

        init(_ counts: @escaping (Part) -> Bool) {
            self.counts = counts
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if counts(unwrapInboundIn(data)) { count += 1 }
        }
    }
}
