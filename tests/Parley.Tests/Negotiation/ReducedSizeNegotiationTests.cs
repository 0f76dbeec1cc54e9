using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>Reduced-size RTCP is used when both descriptions of all sections on the transport have a=rtcp-rsize (RFC 5506 §5).</summary>
public class ReducedSizeNegotiationTests
{
    [Theory]
    [InlineData("none", false)]
    [InlineData("one", false)]
    [InlineData("all", true)]
    public void ReducedSize_IsUsedWhenEachSectionOfTheAnswerHasIt(string left, bool isUsed)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var sdp = pair.Bob.LocalDescription!.Sdp;
            var first = sdp.IndexOf("a=rtcp-rsize\r\n", StringComparison.Ordinal);
            sdp = left switch
            {
                "none" => sdp.Replace("a=rtcp-rsize\r\n", ""),
                // A bundled section may leave the line to the tagged one, which is the first; so it is that one which loses it here.
                "one" => sdp.Remove(first, "a=rtcp-rsize\r\n".Length),
                _ => sdp,
            };
            await pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Answer, sdp));
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
            Assert.Equal(isUsed, pair.Alice.GetTransceivers()[0].MediaTransport!.Driven.Core.UsesReducedSizeRtcp);
        });
    }
}
