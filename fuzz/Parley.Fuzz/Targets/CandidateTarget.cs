using System.Text;
using Parley.Dtls;
using Parley.Net;
using Parley.Sdp;

namespace Parley.Fuzz.Targets;

/// <summary>Candidates, addresses, fingerprints and servers' URLs.</summary>
internal sealed class CandidateTarget : FuzzTarget
{
    public override string Name => "candidate";

    public override int LongestInput => 1024;

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "candidate:1467250027 1 udp 2122260223 192.0.2.7 46243 typ host generation 0 ufrag Yh7k network-id 1",
        "candidate:2 1 UDP 1686052607 198.51.100.3 30000 typ srflx raddr 192.0.2.7 rport 46243",
        "candidate:3 1 tcp 1518280447 2001:db8::1 9 typ host tcptype active",
        "a=candidate:4 1 udp 1 b2f3a6cc-0d25-4f5e-8f0f-4a1c5f7e8d11.local 50000 typ host",
        "stun:stun.example.org:3478", "turns:[2001:db8::2]:443?transport=tcp", "sha-256 19:E2:1C:3B", "[2001:db8::1]:5000",
    }.Select(Encoding.UTF8.GetBytes);

    public override void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (CandidateAttribute.TryParse(text, out var candidate))
        {
            CandidateAttribute.TryParse(candidate.ToString(), out _);
        }

        IceCandidate.TryParse(text, out _);
        TransportAddress.TryParse(text, out _);
        CertificateFingerprint.TryParse(text, out _);
        IceServerHost.TryParse(text, out _, out _);
        try
        {
            _ = IceServerUrl.Parse(text);
        }
        catch (RtcException)
        {
            // A SyntaxError is what the caller of this one is promised.
        }
    }
}
