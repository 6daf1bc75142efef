internal import Messaging

/// A caller in the directory: what is asked on each call, made ready.
final class KnownCaller: Sendable {
    let byKey: Caller
    let byPeer: Caller
    let byCertificate: Caller
    let addresses: [AddressRange]
    /// Nil where it has no limits of its own.
    let meter: CallerMeter?
    let lastUse: LastUse

    /// - Parameter predecessor: the same caller before the configuration changed; its meter goes on, with the new
    ///   limits.
    init(_ entry: CallerEntry, succeeding predecessor: KnownCaller?, clock: @escaping @Sendable () -> Int64) {
        byKey = entry.caller(knownBy: .key)
        byPeer = entry.caller(knownBy: .peer)
        byCertificate = entry.caller(knownBy: .certificate)
        addresses = entry.addresses
        lastUse = predecessor?.lastUse ?? LastUse()
        if entry.rate == nil, entry.maximumInFlight == nil {
            meter = nil
        } else {
            let meter = predecessor?.meter ?? CallerMeter(name: entry.name, clock: clock)
            meter.configure(rate: entry.rate, maximumInFlight: entry.maximumInFlight)
            self.meter = meter
        }
    }
}
