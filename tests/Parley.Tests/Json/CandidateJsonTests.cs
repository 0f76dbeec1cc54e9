using System.Text.Json;

namespace Parley.Tests.Json;

/// <summary>Candidates as JSON.stringify(event.candidate) writes them, and as pages send them.</summary>
public class CandidateJsonTests
{
    private const string Text =
        "candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0 ufrag EsA+ network-cost "
        + "999";

    [Fact]
    public void Candidate_Written_IsWhatABrowserWrites()
    {
        var init = new IceCandidateInit(Text, "0", 0, "EsA+");
        const string expected = $$"""{"candidate":"{{Text}}","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"EsA+"}""";
        Assert.Equal(expected, JsonSerializer.Serialize(init));
        Assert.Equal(expected, JsonSerializer.Serialize(init, ParleyJsonContext.Default.IceCandidateInit));
        Assert.Equal(expected, JsonSerializer.Serialize(new IceCandidate(init)));
        Assert.Equal(expected, JsonSerializer.Serialize(new IceCandidate(init), ParleyJsonContext.Default.IceCandidate));
        Assert.Equal(
            expected,
            JsonSerializer.Serialize<IceCandidateInit>(new LocalIceCandidateInit(Text, "0", 0, "EsA+") { Url = "stun:stun.example.org" }));
        Assert.Equal(
            """{"candidate":"","sdpMid":"1","sdpMLineIndex":1,"usernameFragment":"EsA+"}""",
            JsonSerializer.Serialize(new IceCandidateInit("", "1", 1, "EsA+")));
        Assert.Equal(
            """{"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null}""",
            JsonSerializer.Serialize(new IceCandidateInit()));
    }

    public static TheoryData<string, string, string?, int?, string?> Sent => new()
    {
        { $$"""{"candidate":"{{Text}}","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"EsA+"}""", Text, "0", 0, "EsA+" },
        { $$"""{"sdpMLineIndex":3,"sdpMid":"audio","candidate":"{{Text}}"}""", Text, "audio", 3, null },
        { $$"""{"candidate":"{{Text}}","sdpMid":null,"sdpMLineIndex":0,"usernameFragment":null}""", Text, null, 0, null },
        { $$"""{"candidate":"{{Text}}","sdpMid":"","sdpMLineIndex":0,"usernameFragment":""}""", Text, "", 0, "" },
        { """{"candidate":"","sdpMid":"0","sdpMLineIndex":65535}""", "", "0", 65535, null },
        { """{"candidate":null,"sdpMid":"0"}""", "", "0", null, null },
        { "{}", "", null, null, null },
        {
            """{"candidate":"c","sdpMid":7,"sdpMLineIndex":"2","type":"candidate","relatedAddress":{"a":[1]},"port":9}""",
            "c", "7", 2, null
        },
        { """{"candidate":"c","sdpMid":"0","sdpMLineIndex":0.0}""", "c", "0", 0, null },
    };

    [Theory]
    [MemberData(nameof(Sent))]
    public void Candidate_AsPagesSendIt_IsRead(string json, string candidate, string? mid, int? index, string? ufrag)
    {
        var expected = new IceCandidateInit(candidate, mid, (ushort?)index, ufrag);
        Assert.Equal(expected, JsonSerializer.Deserialize<IceCandidateInit>(json));
        Assert.Equal(expected, JsonSerializer.Deserialize(json, ParleyJsonContext.Default.IceCandidateInit));
        if (mid is null && index is null)
        {
            Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<IceCandidate>(json));
        }
        else
        {
            Assert.Equal(expected, JsonSerializer.Deserialize<IceCandidate>(json)!.ToInit());
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"candidate:1\"")]
    [InlineData("""{"candidate":true}""")]
    [InlineData("""{"candidate":"c","sdpMLineIndex":-1}""")]
    [InlineData("""{"candidate":"c","sdpMLineIndex":65536}""")]
    [InlineData("""{"candidate":"c","sdpMLineIndex":0.5}""")]
    [InlineData("""{"candidate":"c","sdpMLineIndex":"first"}""")]
    [InlineData("""{"candidate":"c","sdpMid":["0"]}""")]
    [InlineData("""{"candidate":"c" """)]
    public void Candidate_OfOtherValues_IsRefused(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<IceCandidateInit>(json));

    [Fact]
    public void Candidates_Trickled_ConnectTwoSides()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            Trickle(pair.Alice, pair.Bob);
            Trickle(pair.Bob, pair.Alice);
            pair.Alice.CreateDataChannel("words");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
        });

        static void Trickle(PeerConnection from, PeerConnection to) => from.IceCandidateGathered += async (_, args) =>
            await to.AddIceCandidateAsync(JsonSerializer.Deserialize<IceCandidateInit>(JsonSerializer.Serialize(args.Candidate)));
    }
}
