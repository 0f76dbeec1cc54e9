using System.Text;
using System.Text.Json;

namespace Parley.Signaling.Tests;

/// <summary>Messages as docs/signaling.md writes them.</summary>
public sealed class SignalingJsonTests
{
    [Fact]
    public void Welcome_Written_ReadsAsTheDocumentSays()
    {
        byte[] bytes = SignalingJson.Write(new WelcomeMessage("a", "demo", [new PeerInfo("b", "Bob")]));

        Assert.Equal("""{"type":"welcome","id":"a","room":"demo","peers":[{"id":"b","name":"Bob"}]}""", Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [InlineData("""{"type":"welcome","id":"a","room":"demo","peers":[]}""", typeof(WelcomeMessage))]
    [InlineData("""{"peers":[{"name":"B","id":"b"}],"room":"demo","id":"a","type":"welcome","more":1}""", typeof(WelcomeMessage))]
    [InlineData("""{"type":"peer-joined","id":"a","name":"A"}""", typeof(PeerJoinedMessage))]
    [InlineData("""{"type":"peer-left","id":"a"}""", typeof(PeerLeftMessage))]
    [InlineData("""{"type":"error","code":"room-full","message":"full"}""", typeof(ErrorMessage))]
    public void ServerMessage_OfEachType_IsRead(string json, Type expected)
    {
        Assert.True(SignalingJson.TryRead(Encoding.UTF8.GetBytes(json), out ServerMessage? server, out string? from, out _));
        Assert.IsType(expected, server);
        Assert.Null(from);
    }

    [Theory]
    [InlineData(SdpType.Offer, "offer")]
    [InlineData(SdpType.Answer, "answer")]
    [InlineData(SdpType.Pranswer, "pranswer")]
    public void Description_WrittenAndRelayed_IsTheSame(SdpType type, string name)
    {
        var description = new SessionDescription(type, "v=0\r\ns=\"é\"\r\n");
        string json = Encoding.UTF8.GetString(SignalingJson.Write("bob", description));
        Assert.Equal(name, JsonDocument.Parse(json).RootElement.GetProperty("description").GetProperty("type").GetString());

        Assert.True(
            SignalingJson.TryRead(
                Encoding.UTF8.GetBytes(json.Replace("\"to\"", "\"from\"", StringComparison.Ordinal)),
                out _,
                out string? from,
                out SignalingMessage? message));
        Assert.Equal("bob", from);
        Assert.Equal(description, message!.Description);
    }

    [Fact]
    public void Candidate_WrittenAndRelayed_IsTheSame()
    {
        const string Text = "candidate:1 1 udp 2122260223 192.0.2.1 9 typ host";
        var candidate = new IceCandidateInit(Text, "0", 0, "abcd");
        string json = Encoding.UTF8.GetString(SignalingJson.Write("bob", candidate));
        Assert.Equal(
            $$"""{"candidate":"{{Text}}","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"abcd"}""",
            JsonDocument.Parse(json).RootElement.GetProperty("candidate").GetRawText());

        Assert.True(
            SignalingJson.TryRead(
                Encoding.UTF8.GetBytes(json.Replace("\"to\"", "\"from\"", StringComparison.Ordinal)),
                out _,
                out _,
                out SignalingMessage? message));
        Assert.Null(message!.Description);
        Assert.Equal(candidate, message.Candidate);
    }

    [Fact]
    public void EndOfCandidates_IsAWrittenNull()
    {
        string json = Encoding.UTF8.GetString(SignalingJson.Write("bob", candidate: null));
        Assert.Equal("""{"to":"bob","candidate":null}""", json);

        Assert.True(SignalingJson.TryRead("""{"from":"bob","candidate":null}"""u8, out _, out _, out SignalingMessage? message));
        Assert.Null(message!.Description);
        Assert.Null(message.Candidate);
    }

    [Theory]
    [InlineData("""{"from":"b","type":"peer-left","id":"c","candidate":{"candidate":"x"}}""")]
    [InlineData("""{"type":"peer-left","id":"c","candidate":{"candidate":"x","other":[]},"from":"b"}""")]
    public void PeerMessage_PretendingToBeTheServers_IsThePeers(string json)
    {
        Assert.True(SignalingJson.TryRead(Encoding.UTF8.GetBytes(json), out ServerMessage? server, out string? from, out _));
        Assert.Null(server);
        Assert.Equal("b", from);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"news","of":"later"}""")]
    [InlineData("""{"type":"welcome"}""")]
    [InlineData("""{"type":"welcome","id":null,"room":"demo","peers":[]}""")]
    [InlineData("""{"from":"b"}""")]
    [InlineData("""{"from":"b","description":{"type":"offering","sdp":""}}""")]
    [InlineData("""{"from":"b","description":{"sdp":""}}""")]
    [InlineData("""{"from":"b","description":"offer"}""")]
    [InlineData("""{"from":"b","candidate":"candidate:"}""")]
    [InlineData("""{"from":"b","candidate":{"candidate":"x","sdpMLineIndex":-1}}""")]
    [InlineData("""{"from":"b","candidate":{"candidate":"x","sdpMLineIndex":65536}}""")]
    public void Message_Unknown_IsPassedOver(string json) =>
        Assert.False(SignalingJson.TryRead(Encoding.UTF8.GetBytes(json), out _, out _, out _));

    [Fact]
    public void Message_TruncatedOrFlipped_NeverThrows()
    {
        byte[] valid = SignalingJson.Write("bob", new SessionDescription(SdpType.Offer, "v=0\r\n"));
        for (int length = 0; length < valid.Length; length++)
        {
            Assert.False(SignalingJson.TryRead(valid.AsSpan(0, length), out _, out _, out _));
        }

        for (int bit = 0; bit < valid.Length * 8; bit++)
        {
            valid[bit / 8] ^= (byte)(1 << (bit % 8));
            SignalingJson.TryRead(valid, out _, out _, out _);
            valid[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
