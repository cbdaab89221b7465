import KeywayTestKit
import Testing

@testable import KeywayWebhooks

@Suite("Where webhooks may send")
struct AddressPolicyTests {
    @Test(
        "public addresses are allowed",
        arguments: [
            "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255",
            "172.15.255.255", "172.32.0.1", "192.167.1.1", "198.17.0.1", "223.255.255.255", "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
        ]
    )
    func allowed(text: String) throws {
        #expect(AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test(
        "private, loopback, link-local, multicast, unspecified and reserved addresses are refused, however written",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1",
            "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255", "::", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "fec0::1", "ff02::1",
            "2001:db8::1", "2001::1", "100::1", "3fff::1", "::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1",
            "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2002:c0a8:1::", "5f00::1",
        ]
    )
    func refused(text: String) throws {
        #expect(!AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test("what the operator allows is allowed, and nothing beside it")
    func operatorsChoice() throws {
        let policy = AddressPolicy(
            allowing: try ["10.1.0.0/16", "127.0.0.1", "fd00::/8"].map { try #require(Network($0)) }
        )
        for text in ["10.1.2.3", "127.0.0.1", "fd12::1", "::ffff:10.1.2.3", "8.8.8.8"] {
            #expect(policy.permits(try #require(IPAddress(text))), "\(text)")
        }
        for text in ["10.2.0.1", "127.0.0.2", "fc00::1", "::1", "192.168.0.1"] {
            #expect(!policy.permits(try #require(IPAddress(text))), "\(text)")
        }
    }

    @Test(
        "networks are an address and a number of bits",
        arguments: [
            ("10.0.0.0/8", true), ("10.0.0.0", true), ("0.0.0.0/0", true), ("::/0", true), ("fd00::/128", true),
            ("10.0.0.0/33", false), ("10.0.0.0/-1", false), ("10.0.0.0/", false), ("10.0.0/8", false), ("", false),
            ("fd00::/129", false), ("a/8", false), ("1.2.3.4/8/8", false),
        ]
    )
    func networks(text: String, isOne: Bool) {
        #expect((Network(text) != nil) == isOne)
    }

    @Test("a network contains by bits, also within a byte")
    func bits() throws {
        let network = try #require(Network("192.168.4.0/22"))
        #expect(network.contains(try #require(IPAddress("192.168.7.255"))))
        #expect(!network.contains(try #require(IPAddress("192.168.8.0"))))
        #expect(!network.contains(try #require(IPAddress("::ffff:c0a8:400"))))
        #expect(try #require(Network("0.0.0.0/0")).contains(try #require(IPAddress("255.1.2.3"))))
    }

    @Test(
        "only the usual text forms are addresses",
        arguments: [
            ("1.2.3.4", "1.2.3.4"), ("::1", "0:0:0:0:0:0:0:1"), ("1::", "1:0:0:0:0:0:0:0"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::1.2.3.4", "0:0:0:0:0:0:102:304"),
            ("A::b", "a:0:0:0:0:0:0:b"), ("127.1", nil), ("0x7f.0.0.1", nil), ("01.2.3.4", nil), ("1.2.3.256", nil),
            ("1.2.3", nil), ("1.2.3.4.5", nil), (":::", nil), ("1::2::3", nil), ("1:2:3:4:5:6:7:8:9", nil),
            ("1:2:3:4:5:6:7", nil), ("12345::", nil), ("fe80::1%eth0", nil), ("+1::", nil), ("1:2:3:4:5:6:7::8", nil),
            ("", nil), (":1", nil), ("1.2.3.4::", nil),
        ] as [(String, String?)]
    )
    func addresses(text: String, expected: String?) {
        #expect(IPAddress(text)?.description == expected)
    }

    @Test(
        "a URL is refused at once for what it says itself",
        arguments: [
            ("https://example.com/hook", true), ("http://example.com:8080/", true), ("https://8.8.8.8/", true),
            ("https://[2606:4700::1111]/", true), ("HTTPS://EXAMPLE.com", true), ("https://xn--bcher-kva.de/", true),
            ("http://127.0.0.1/", false), ("http://[::1]/", false), ("http://[::ffff:10.0.0.1]:9/", false),
            ("http://169.254.169.254/latest/meta-data", false), ("http://localhost:3000/", false),
            ("http://LOCALHOST./", false), ("http://db.localhost/", false), ("ftp://example.com/", false),
            ("http+unix://socket/", false), ("file:///etc/passwd", false), ("https://user:pass@example.com/", false),
            ("https://user@example.com/", false), ("https:///path", false), ("example.com", false), ("", false),
            ("http://[fe80::1%25eth0]/", false), ("http://exa%6dple.com/", false),
        ]
    )
    func urls(url: String, isAllowed: Bool) {
        #expect((AddressPolicy().objection(to: url) == nil) == isAllowed)
    }

    @Test("names of this machine are allowed where its loopback is")
    func loopback() {
        #expect(AddressPolicy.testing.objection(to: "http://localhost:3000/") == nil)
    }

    @Test("the system's resolver finds this machine, and nothing for a name that cannot be")
    func resolver() async throws {
        let resolver = HostResolver.system(maximumThreads: 4)
        let asker = LookUpPlan.Asker(workspaceID: Samples.id(1), isFailing: false)
        let found = await resolver.addresses("localhost", asker)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { !AddressPolicy().permits($0) })
        // Forms that only some programs take are the resolver's, and its answer is what is checked.
        #expect(await resolver.addresses("127.1", asker) == [try #require(IPAddress("127.0.0.1"))])
        #expect(await resolver.addresses("0x7f000001", asker) == [try #require(IPAddress("127.0.0.1"))])
        #expect(await resolver.addresses("-not a name-", asker).isEmpty)
    }
}
