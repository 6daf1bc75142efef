internal import HTTPWire
internal import Messaging
internal import NIOCore

/// A call from its head to its answer: holds its caller's place, and tells of its end once, at the answer or when
/// nothing is left that could answer. Confined to one event loop.
final class CallInHand {
    let notes: CallNotes
    private let method: HTTPMethod
    private let route: Route?
    private let peer: Peer
    private let requestID: String
    private let began = NIODeadline.now()
    private var observer: (any CallObserving)?
    private var place: CallPlace?

    init(_ head: RequestHead, to route: Route?, from peer: Peer, notes: CallNotes, observer: (any CallObserving)?) {
        (self.method, self.route, self.peer, self.notes) = (head.method, route, peer, notes)
        self.observer = observer
        requestID = notes.requestID
    }

    func hold(_ place: CallPlace?) {
        self.place = place
    }

    func ended(status: Int?, bytes: Int) {
        place?.giveBack()
        place = nil
        guard let observer else { return }
        self.observer = nil
        observer.ended(
            CallEnd(
                operation: route?.name ?? "none", method: method.name, status: status, bytes: bytes,
                peer: peer, requestID: requestID, facts: notes.facts,
                microseconds: (NIODeadline.now() - began).nanoseconds / 1000, isProbe: route?.isProbe ?? false
            ))
    }

    /// The admission, with everything that is owed at its end.
    func following(_ admission: Admission) -> Admission {
        let fields = [(name: "X-Request-Id", value: requestID)]
        switch admission {
        case .refuse(var response):
            response.fields += fields
            ended(status: response.status, bytes: response.content.readableBytes)
            return .refuse(response)
        case .accept(let limit, let refused, let then):
            return .accept(
                bodyLimit: limit,
                refused: { violation in
                    refused?(violation)
                    let problem = Problem(violation)
                    self.notes.note { $0.problem = problem.kind }
                    self.ended(status: problem.kind.status, bytes: 0)
                },
                then: { body, reply in
                    then(
                        body,
                        reply.adding(fields) { response in
                            self.ended(status: response.status, bytes: response.content.readableBytes)
                        })
                }
            )
        }
    }

    deinit {
        ended(status: nil, bytes: 0)
    }
}
