internal import Delivery
internal import Messaging

/// What lets one attempt go to Divar; has to be given back with what came of it.
struct GatePass {
    let number: UInt64
    let app: AppName
    let caller: CallerName
}
