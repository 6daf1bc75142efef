import Testing

@testable import GatewayAssembly

/// How many cores a process may run on, as Linux says it.
@Suite struct EventLoopCountTests {
    @Test(
        arguments: [
            ("Name:\tgateway\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2),
            ("Cpus_allowed:\t00000000,00000000,80000001\n", 2),
            ("Cpus_allowed:\tff,ffffffff\n", 40),
        ])
    func `cores are counted from the mask in a status file`(_ status: String, _ count: Int) {
        #expect(EventLoopCount.allowedCores(in: status) == count)
    }

    @Test(arguments: ["", "Cpus_allowed:\t0\n", "Cpus_allowed_list:\t1\n"])
    func `a status file that names no core says nothing`(_ status: String) {
        #expect(EventLoopCount.allowedCores(in: status) == nil)
    }
}
