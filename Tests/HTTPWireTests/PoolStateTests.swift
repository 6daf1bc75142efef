@testable import HTTPWire
import NIOCore
import Testing

/// The rules of the pool, event by event. Connections and calls are numbers.
@Suite struct PoolStateTests {
    typealias State = PoolState<Int, Int>

    private func at(_ second: Int) -> NIODeadline {
        .uptimeNanoseconds(UInt64(second) * 1_000_000_000)
    }

    @Test func `the first call waits for a connection of its own and is served by it`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.open == 1)
        #expect(state.connected(10, at: at(0)) == .serve(1))
        #expect(state.open == 1)
        #expect(!state.hasIdle)
        #expect(state.released(10, at: at(1)) == .park)
        #expect(state.hasIdle)
        #expect(state.acquire(for: 2) == .use(10))
        #expect(!state.hasIdle)
    }

    @Test func `of the idle connections the one used last is taken first`() {
        var state = State(maximumConnections: 3, maximumWaiters: 4)
        for call in 1...3 { #expect(state.acquire(for: call) == .wait(connect: true)) }
        for call in 1...3 { #expect(state.connected(call * 10, at: at(0)) == .serve(call)) }
        for (second, connection) in [20, 10, 30].enumerated() {
            #expect(state.released(connection, at: at(second)) == .park)
        }
        #expect(state.acquire(for: 4) == .use(30))
        #expect(state.acquire(for: 5) == .use(10))
        #expect(state.acquire(for: 6) == .use(20))
    }

    @Test func `no more connections are made than the maximum, and the next calls wait in their order`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.acquire(for: 2) == .wait(connect: true))
        #expect(state.acquire(for: 3) == .wait(connect: false))
        #expect(state.acquire(for: 4) == .wait(connect: false))
        #expect(state.acquire(for: 5) == .refuse)
        #expect(state.open == 2)
        #expect(state.connected(10, at: at(0)) == .serve(1))
        #expect(state.released(10, at: at(0)) == .serve(2))
        #expect(state.connected(20, at: at(0)) == .serve(3))
        #expect(state.released(20, at: at(0)) == .serve(4))
        #expect(state.released(10, at: at(0)) == .park)
        #expect(state.open == 2)
    }

    @Test func `a call that is served elsewhere leaves its connection to be parked`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.connected(10, at: at(0)) == .serve(1))
        #expect(state.acquire(for: 2) == .wait(connect: true))
        #expect(state.released(10, at: at(0)) == .serve(2))
        #expect(state.connected(20, at: at(0)) == .park)
        #expect(state.acquire(for: 3) == .use(20))
    }

    @Test func `a call that was abandoned is not served`() {
        var state = State(maximumConnections: 1, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.acquire(for: 2) == .wait(connect: false))
        #expect(state.abandon(1) == true)
        #expect(state.abandon(1) == false)
        #expect(state.abandon(99) == false)
        #expect(state.connected(10, at: at(0)) == .serve(2))
        #expect(state.abandon(2) == false)
    }

    @Test func `an abandoned call makes room for another to wait`() {
        var state = State(maximumConnections: 1, maximumWaiters: 1)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.acquire(for: 2) == .refuse)
        #expect(state.abandon(1) == true)
        #expect(state.acquire(for: 3) == .wait(connect: false))
        #expect(state.connected(10, at: at(0)) == .serve(3))
    }

    @Test func `a connection that closes makes room for one for those who wait`() {
        var state = State(maximumConnections: 1, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.connected(10, at: at(0)) == .serve(1))
        #expect(state.acquire(for: 2) == .wait(connect: false))
        #expect(state.closed(10) == true)
        #expect(state.open == 1)
        #expect(state.connected(20, at: at(0)) == .serve(2))
        #expect(state.closed(20) == false)
        #expect(state.open == 0)
    }

    @Test func `an idle connection that closes is not lent again`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.connected(10, at: at(0)) == .serve(1))
        #expect(state.released(10, at: at(0)) == .park)
        #expect(state.closed(10) == false)
        #expect(!state.hasIdle)
        #expect(state.acquire(for: 2) == .wait(connect: true))
        #expect(state.closed(77) == false)
    }

    @Test func `a failed connect is heard of by the eldest call that nothing else is under way for`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        for call in 1...2 { #expect(state.acquire(for: call) == .wait(connect: true)) }
        #expect(state.connectFailed().heard == 1)
        #expect(state.connected(10, at: at(0)) == .serve(2))
    }

    @Test func `a failed connect that nobody waits for is heard of by nobody`() {
        var state = State(maximumConnections: 2, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.abandon(1) == true)
        #expect(state.connectFailed().heard == nil)
        #expect(state.open == 0)
    }

    /// With nothing lent and nothing under way, nobody is left who could serve the second call.
    @Test func `a failed connect leaves no call waiting for nothing`() {
        var state = State(maximumConnections: 1, maximumWaiters: 4)
        #expect(state.acquire(for: 1) == .wait(connect: true))
        #expect(state.acquire(for: 2) == .wait(connect: false))
        #expect(state.connectFailed().heard == 1)
        let stillWaits = state.abandon(2)
        #expect(!stillWaits || state.connecting > 0, "call 2 waits, and no connection is lent or being made")
    }

    @Test func `only connections that have been idle long enough expire, eldest first`() {
        var state = State(maximumConnections: 4, maximumWaiters: 8)
        for call in 1...4 { _ = state.acquire(for: call) }
        for call in 1...4 { #expect(state.connected(call, at: at(0)) == .serve(call)) }
        for connection in [3, 1, 4] { #expect(state.released(connection, at: at(connection == 4 ? 20 : 10)) == .park) }
        #expect(state.expire(idleSince: at(9)) == [])
        #expect(state.expire(idleSince: at(10)) == [3, 1])
        #expect(state.expire(idleSince: at(19)) == [])
        #expect(state.open == 2)
        #expect(state.acquire(for: 5) == .use(4))
        #expect(state.expire(idleSince: .distantFuture) == [])
        #expect(state.released(4, at: at(30)) == .park)
        #expect(state.expire(idleSince: .distantFuture) == [4])
        #expect(state.open == 1)
    }
}
