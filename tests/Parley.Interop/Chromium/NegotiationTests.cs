using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Signaling;

namespace Parley.Interop.Chromium;

/// <summary>Offers that cross, are taken back, or are answered provisionally, with Chromium in both roles.</summary>
public sealed class NegotiationTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rollback_OfItsOwnOffer_TheCallGoesOnAndTheOtherMayOffer(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        await talk.Offerer.AddTrackAsync("video");
        await talk.Offerer.OfferAsync();
        await talk.Offerer.RollbackLocalAsync();
        await talk.ExpectPacketsBothWaysAsync("0");

        // The other's round comes between; what was asked for is still wanted afterwards.
        await talk.Answerer.AddTrackAsync("audio");
        await talk.NegotiateBackAsync();
        await talk.NegotiateAsync();
        Assert.Equal(3, talk.Net.Connection.GetTransceivers().Count);
        await talk.ExpectPacketsBothWaysAsync("0");
        foreach (RtpTransceiver added in talk.Net.Connection.GetTransceivers().Where(t => t.Mid != "0"))
        {
            await (added.Kind == Media.MediaKind.Video ? talk.Answerer : talk.Offerer).ExpectPacketsAsync(added.Mid!, 3);
        }

        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"rollback of its own offer by hand, by {Who(chromiumOffers)}",
            "the call goes on; the other offers in between; then the offer again, and all media flow");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rollback_OfThePeersOffer_ItsTransceiverVanishesAndTheOfferMayComeAgain(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        string before = await talk.Answerer.TransceiversAsync();
        await talk.Offerer.AddTrackAsync("video");
        SessionDescription offer = await talk.Offerer.OfferAsync();
        await talk.Answerer.TakeAsync(offer);
        await talk.Answerer.RollbackRemoteAsync();
        Assert.Equal(before, await talk.Answerer.TransceiversAsync());
        await talk.ExpectPacketsBothWaysAsync("0");

        await talk.Answerer.TakeAsync(offer);
        await talk.Offerer.TakeAsync(await talk.Answerer.AnswerAsync());
        await talk.Answerer.ExpectPacketsAsync("1", 3);
        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"rollback of the peer's offer by hand, {Who(!chromiumOffers)} rolls back",
            "its transceivers are as before; the same offer is then taken and answered, and media flow");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pranswer_ThenAnswer_BothAreTaken(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.Offerer.AddTrackAsync("audio");
        await talk.Answerer.TakeAsync(await talk.Offerer.OfferAsync());
        await talk.Answerer.AddTrackAsync("audio");
        SessionDescription answer;
        if (chromiumOffers)
        {
            answer = await talk.Net.Connection.CreateAnswerAsync();
            await talk.Net.Connection.SetLocalDescriptionAsync(answer with { Type = SdpType.Pranswer });
        }
        else
        {
            answer = new SessionDescription(SdpType.Answer, await talk.Chromium.ReadAsync<string>(
                "await (async () => { window.answer = await pc.createAnswer(); await pc.setLocalDescription({ type: 'pranswer', sdp: "
                + "answer.sdp }); return answer.sdp; })()"));
        }

        await talk.Offerer.TakeAsync(answer with { Type = SdpType.Pranswer });
        Assert.Equal("have-remote-pranswer", (await talk.Offerer.TransceiversAsync()).Split(';')[0]);
        Assert.Equal("have-local-pranswer", (await talk.Answerer.TransceiversAsync()).Split(';')[0]);
        await talk.Chromium.WaitAsync("pc.connectionState === 'connected'");
        await talk.Net.WaitAsync(
            () => talk.Net.Connection.ConnectionState == PeerConnectionState.Connected, "connected by the provisional answer");

        await (chromiumOffers
            ? talk.Net.Connection.SetLocalDescriptionAsync(answer)
            : talk.Chromium.DoAsync("await pc.setLocalDescription(answer)"));
        await talk.Offerer.TakeAsync(answer);
        await talk.ExpectConnectedAsync();
        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"a provisional answer, then the answer, {Who(chromiumOffers)} offers",
            "connected by the provisional one; stable and sound both ways by the answer");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Glare_TransceiversAddedOnBothSides_EachRoundCrosses(bool chromiumPolite)
    {
        const int Rounds = 5;
        await using var chromium = await ChromiumSide.OpenAsync(browser);
        var channel = new GatedChannel(new BrowserChannel(chromium));
        await using var net = new ParleySide();
        await using var negotiation = new PerfectNegotiation(net.Connection, channel, polite: !chromiumPolite);
        var failures = new List<Exception>();
        negotiation.Failed += (_, e) => failures.Add(e.Exception);
        await chromium.DoAsync($"negotiatePerfectly({(chromiumPolite ? "true" : "false")})");
        await net.AddTrackAsync("audio");
        await Task.WhenAll(chromium.ExpectConnectedAsync(), net.ExpectConnectedAsync());

        for (int round = 0; round < Rounds; round++)
        {
            channel.Shut();
            string kind = round % 2 == 0 ? "video" : "audio";
            await Task.WhenAll(chromium.AddTrackAsync(kind), net.AddTrackAsync(kind));
            await net.WaitAsync(() => net.Connection.SignalingState == SignalingState.HaveLocalOffer, "an offer of ours");
            await chromium.WaitAsync("pc.signalingState === 'have-local-offer'");
            channel.Open();
            await net.WaitAsync(
                () => net.Connection.SignalingState == SignalingState.Stable
                    && negotiation.Collisions > round
                    && net.Connection.GetTransceivers().All(t => t.CurrentDirection is not null),
                $"round {round} to end");
            await chromium.WaitAsync("pc.signalingState === 'stable' && pc.getTransceivers().every((t) => t.currentDirection)");
        }

        await net.WaitAsync(() => net.Connection.SignalingState == SignalingState.Stable, "stable");
        string[] here = [.. net.Connection.GetTransceivers().Select(t => t.Mid!).Order()];
        Assert.Equal(here, (await chromium.ReadAsync<string[]>("pc.getTransceivers().map((t) => t.mid)")).Order());
        foreach (RtpTransceiver transceiver in net.Connection.GetTransceivers())
        {
            if (transceiver.CurrentDirection is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly)
            {
                await net.ExpectPacketsAsync(transceiver.Mid!, 2);
            }

            if (transceiver.CurrentDirection is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.SendOnly)
            {
                await chromium.ExpectPacketsAsync(transceiver.Mid!, 2);
            }
        }

        Assert.Empty(failures);
        Assert.Empty(await chromium.ErrorsAsync());
        report.Add(
            Peer,
            $"tracks added on both sides in crossing offers, {Who(chromiumPolite)} polite",
            $"{Rounds} rounds, {negotiation.Collisions} crossed offers; {here.Length} equal transceivers, "
            + "packets wherever the direction says");
    }

    private static string Who(bool chromium) => chromium ? "Chromium" : "Parley";
}
