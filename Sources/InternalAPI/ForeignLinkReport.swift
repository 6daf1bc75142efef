package import Messaging

/// Told of the hosts that buttons of a call lead to and its caller's should not. Called on event loops; must not block.
package typealias ForeignLinkReport = @Sendable (_ call: CallContext, _ hosts: [String]) -> Void
