using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;

namespace Parley.Interop.Chromium;

/// <summary>Hold in its four forms: enabled by us, requested by the peer, both at once, and back; with music, packets counted.</summary>
public sealed class HoldTests(Browser browser, InteropReport report)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_FourForms_PacketsStopAndMusicIsHeard(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio", "video");
        MediaStreamTrack voice = talk.Net.At("0").Sender.Track!;

        // Enabled by us: Chromium hears the music and sends nothing.
        await talk.Net.At("0").Sender.ReplaceTrackAsync(talk.Net.Track(SampleMedia.Tone()));
        await BothAsync(talk.Net, "sendonly");
        await RoundAsync(talk, byNet: true);
        await talk.ExpectAsync("0 audio sendonly, 1 video sendonly");
        await talk.Chromium.ExpectToneAsync("0", 440);
        await ExpectSilentAsync(talk.Chromium, talk.Chromium.ExpectPacketsAsync);
        Assert.True(talk.Net.At("0").Receiver.Track.IsMuted);

        // Requested by Chromium as well: nothing goes either way.
        await talk.Chromium.DoAsync("window.voice = at(0).sender.track; await at(0).sender.replaceTrack(tone(990))");
        await BothAsync(talk.Chromium, "sendonly");
        await RoundAsync(talk, byNet: false);
        await talk.ExpectAsync("0 audio inactive, 1 video inactive");
        Assert.Equal("sendonly", talk.Net.At("0").Direction.ToString().ToLowerInvariant());

        // Disabled by us: only Chromium's hold is left, and its music is heard.
        await talk.Net.At("0").Sender.ReplaceTrackAsync(voice);
        await BothAsync(talk.Net, "sendrecv");
        await RoundAsync(talk, byNet: true);
        await talk.ExpectAsync("0 audio recvonly, 1 video recvonly");
        await talk.Net.ExpectToneAsync("0", 990);
        await ExpectSilentAsync(talk.Net, talk.Net.ExpectPacketsAsync);
        await talk.Chromium.WaitAsync("events.includes('mute 0')");

        // Ended by Chromium: as it was before.
        await talk.Chromium.DoAsync("await at(0).sender.replaceTrack(voice)");
        await BothAsync(talk.Chromium, "sendrecv");
        await RoundAsync(talk, byNet: false);
        await talk.ExpectAsync("0 audio sendrecv, 1 video sendrecv");
        await talk.Net.ExpectToneAsync("0", 660);
        await talk.Chromium.ExpectOtherSoundAsync("0", 440);
        await Task.WhenAll(talk.ExpectPacketsBothWaysAsync("0"), talk.ExpectPacketsBothWaysAsync("1"));
        Assert.False(talk.Net.At("0").Receiver.Track.IsMuted);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            $"Chromium {browser.Version}",
            $"hold enabled, requested, by both and ended, {(chromiumOffers ? "Chromium" : "Parley")} called",
            "directions mirrored; who is held sends no packet; 440 Hz heard as music by Chromium, 990 Hz by Parley; "
            + "then the call as before");
    }

    private static async Task BothAsync(ISide side, string direction)
    {
        await side.SetDirectionAsync("0", direction);
        await side.SetDirectionAsync("1", direction);
    }

    private static Task RoundAsync(Conversation talk, bool byNet) =>
        (talk.Offerer == talk.Net) == byNet ? talk.NegotiateAsync() : talk.NegotiateBackAsync();

    // The packets that it receives are the clock.
    private static Task ExpectSilentAsync(ISide side, Func<string, int, Task> receive) =>
        Until.AtRestAsync(() => side.PacketsSentAsync(), () => receive("0", 20), "packets of the side on hold");
}
