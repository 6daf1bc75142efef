/// What accompanies a call on its way: who calls, with which user's token, in which trace.
package struct CallContext: Sendable {
    package var caller: Caller
    package var userToken: AccessToken?
    /// The user by whose kept token the call is made; `userToken` is nil until that was looked up.
    package var user: UserName?
    package var trace: TraceContext
    /// The other end of the connection, as far as the socket knows.
    package var peer: String
    /// How long the caller waits, in microseconds; nil where it doesn't say.
    package var timeout: Int64?
    /// Where what is learned on the way is put down.
    package var notes: CallNotes

    package init(
        caller: Caller,
        userToken: AccessToken?,
        trace: TraceContext,
        peer: String = "",
        timeout: Int64? = nil,
        user: UserName? = nil,
        notes: CallNotes = CallNotes()
    ) {
        self.notes = notes
        self.user = user
        self.timeout = timeout
        self.caller = caller
        self.userToken = userToken
        self.trace = trace
        self.peer = peer
    }

    /// Whether it is made for one of Divar's users, whoever has the token.
    package var isForUser: Bool { userToken != nil || user != nil }

    /// The user of whom tokens are kept; nil where none was named.
    package var appUser: AppUser? { user.map { AppUser(app: caller.app, name: $0) } }
}
