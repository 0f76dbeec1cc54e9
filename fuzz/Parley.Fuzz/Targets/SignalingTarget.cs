using System.Text;
using Parley.Signaling;

namespace Parley.Fuzz.Targets;

/// <summary>Signaling messages as JSON.</summary>
internal sealed class SignalingTarget : FuzzTarget
{
    public override string Name => "signaling";

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        """{"type":"welcome","id":"a","peers":[{"id":"b","name":"Bob"}],"iceServers":[{"urls":["stun:stun.example.org"]}]}""",
        """{"type":"peer-joined","peer":{"id":"b","name":"Bob"}}""", """{"type":"peer-left","id":"b"}""",
        """{"type":"error","code":"full","message":"m"}""",
        """{"from":"b","description":{"type":"offer","sdp":"v=0\r\n"}}""",
        """{"from":"b","candidate":{"candidate":"candidate:1 1 udp 1 192.0.2.1 5 typ host","sdpMid":"0","sdpMLineIndex":"""
            + """0,"usernameFragment":"Yh7k"}}""",
        """{"from":"b","candidate":null}""",
    }.Select(Encoding.UTF8.GetBytes);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (SignalingJson.TryRead(input, out var server, out _, out _) && server is not null)
        {
            SignalingJson.Write(server);
        }
    }
}
