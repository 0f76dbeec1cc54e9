using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Tests.Json;

/// <summary>Descriptions as JSON.stringify(pc.localDescription) writes them, and as pages send them.</summary>
public partial class DescriptionJsonTests
{
    [Fact]
    public void Description_Written_IsWhatABrowserWrites()
    {
        var description = new SessionDescription(SdpType.Offer, "v=0\r\na=ice-pwd:a+b/c\r\na=x:\"\\\t<&>'é😀\u001f\ud800\u007f\r\n");

        // What node's JSON.stringify writes of the same.
        const string expected =
            "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\na=ice-pwd:a+b/c\\r\\na=x:\\\"\\\\\\t<&>'é😀\\u001f\\ud800\u007f\\r\\n\"}";
        Assert.Equal(expected, JsonSerializer.Serialize(description));
        Assert.Equal(expected, JsonSerializer.Serialize(description, ParleyJsonContext.Default.SessionDescription));
        Assert.Equal(expected, JsonSerializer.Serialize(description, OwnContext.Default.SessionDescription));
        Assert.Equal("{\"type\":\"rollback\",\"sdp\":\"\"}", JsonSerializer.Serialize(new SessionDescription(SdpType.Rollback)));
        Assert.Equal($"{{\"description\":{expected}}}", JsonSerializer.Serialize(new Envelope(description), OwnContext.Default.Envelope));
    }

    [Theory]
    [InlineData("""{"type":"answer","sdp":"v=0\r\n"}""", SdpType.Answer, "v=0\r\n")]
    [InlineData("""{"sdp":"v=0\r\n","type":"pranswer"}""", SdpType.Pranswer, "v=0\r\n")]
    [InlineData("""{"type":"rollback"}""", SdpType.Rollback, "")]
    [InlineData("""{"type":"rollback","sdp":null}""", SdpType.Rollback, "")]
    [InlineData("""{"type":"offer","sdp":""}""", SdpType.Offer, "")]
    [InlineData("""{ "type" : "offer", "SDP": 1, "more": {"sdp": [1, {"type": "answer"}]}, "sdp": "a\u002bb", "_type": null }""",
        SdpType.Offer, "a+b")]
    public void Description_AsPagesSendIt_IsRead(string json, SdpType type, string sdp)
    {
        var expected = new SessionDescription(type, sdp);
        Assert.Equal(expected, JsonSerializer.Deserialize<SessionDescription>(json));
        Assert.Equal(expected, JsonSerializer.Deserialize(json, ParleyJsonContext.Default.SessionDescription));
        Assert.Equal(expected, JsonSerializer.Deserialize($$"""{"description":{{json}}}""", OwnContext.Default.Envelope)!.Description);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sdp":"v=0"}""")]
    [InlineData("""{"type":null,"sdp":"v=0"}""")]
    [InlineData("""{"type":"","sdp":"v=0"}""")]
    [InlineData("""{"type":"Offer","sdp":"v=0"}""")]
    [InlineData("""{"type":1,"sdp":"v=0"}""")]
    [InlineData("""{"type":"offer","sdp":{}}""")]
    [InlineData("""{"type":"offer","sdp":"v=0" """)]
    [InlineData("""["offer","v=0"]""")]
    [InlineData("\"offer\"")]
    public void Description_OfNoType_IsRefused(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<SessionDescription>(json));

    [Fact]
    public void Description_OfAConnection_GoesToTheOtherSideAndBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var channel = pair.Alice.CreateDataChannel("words");
            await pair.Bob.SetRemoteDescriptionAsync(
                JsonSerializer.Deserialize<SessionDescription>(
                    JsonSerializer.Serialize(await pair.Alice.SetLocalDescriptionAndGatherAsync()))!);
            await pair.Alice.SetRemoteDescriptionAsync(
                JsonSerializer.Deserialize<SessionDescription>(
                    JsonSerializer.Serialize(await pair.Bob.SetLocalDescriptionAndGatherAsync()))!);
            await pair.ConnectedAsync();
        });
        Assert.Null(JsonSerializer.Deserialize<SessionDescription>("null"));
        Assert.Equal("null", JsonSerializer.Serialize<SessionDescription?>(null));
    }

    internal sealed record Envelope(SessionDescription Description);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(SessionDescription))]
    [JsonSerializable(typeof(Envelope))]
    internal sealed partial class OwnContext : JsonSerializerContext;
}
