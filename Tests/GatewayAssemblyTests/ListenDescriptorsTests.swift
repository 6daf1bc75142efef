import Testing

@testable import GatewayAssembly

/// Which descriptors are taken for sockets that listen: a wrong guess would close a file of somebody else.
struct ListenDescriptorsTests {
    private func inherited(_ environment: [String: String]) -> [CInt] {
        ListenDescriptors.inherited(environment: environment, process: 77)
    }

    @Test func `descriptors follow the standard ones`() {
        #expect(inherited(["LISTEN_PID": "77", "LISTEN_FDS": "1"]) == [3])
        #expect(inherited(["LISTEN_PID": "77", "LISTEN_FDS": "3"]) == [3, 4, 5])
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "77"], ["LISTEN_PID": "78", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "", "LISTEN_FDS": "1"], ["LISTEN_PID": "x", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "0"], ["LISTEN_PID": "77", "LISTEN_FDS": "-1"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "x"], ["LISTEN_PID": "77", "LISTEN_FDS": "65"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "99999999999999999999"],
    ])
    func `none are taken that were not meant`(environment: [String: String]) {
        #expect(inherited(environment) == [])
    }
}
