internal import Delivery

/// A decision for a call that waited.
enum GateNotice {
    case quota(QuotaNotice)
    case overload(GuardNotice)

    var loop: Int {
        switch self {
        case .quota(let notice): notice.ticket.loop
        case .overload(let notice): notice.ticket.loop
        }
    }
}
