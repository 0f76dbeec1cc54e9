using Parley.Media;

namespace Parley.Tests;

/// <summary>Hold by its four functions: enabled here, requested there, disabled here, ended there.</summary>
public class HoldFunctionsTests
{
    private const RtpTransceiverDirection SendRecv = RtpTransceiverDirection.SendRecv;
    private const RtpTransceiverDirection SendOnly = RtpTransceiverDirection.SendOnly;
    private const RtpTransceiverDirection RecvOnly = RtpTransceiverDirection.RecvOnly;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_EnabledByEitherSide_PlaysMusicOneWayAndRestoresTheCall(bool aliceHolds) => Run(async (call, alice, bob) =>
    {
        var (holder, held) = aliceHolds ? (alice, bob) : (bob, alice);
        await HoldAsync(holder, held);
        ExpectHeld(holder, held);
        Assert.Equal(["muted"], holder.Log);
        await ExpectHeardAsync(call, aliceHolds, CallWithMedia.Music, 0);
        Assert.InRange(await MediaPacketsFromAsync(call, fromAlice: !aliceHolds), 0, 12);

        await ResumeAsync(holder, held);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        Assert.Equal(["muted", "unmuted"], holder.Log);
        Assert.Empty(held.Log);
        Assert.InRange(await MediaPacketsFromAsync(call, fromAlice: !aliceHolds), 45, 70);
    });

    [Fact]
    public void Hold_EnabledByTheHeldSideToo_TurnsTheMusicRound() => Run(async (call, alice, bob) =>
    {
        await HoldAsync(alice, bob);
        await HoldAsync(bob, alice);
        Assert.Equal((RecvOnly, SendOnly), (alice.Transceiver.CurrentDirection, bob.Transceiver.CurrentDirection));
        Assert.Equal(["muted"], bob.Log);

        // Alice still hears nothing: she disabled her receiver's track herself.
        await call.ExpectAsync(toBob: 0, toAlice: 0, quiet: false);
        await ResumeAsync(bob, alice);
        Assert.Equal((SendRecv, SendRecv), (alice.Transceiver.CurrentDirection, bob.Transceiver.CurrentDirection));
        await ResumeAsync(alice, bob);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_EnabledByBothAtOnce_ThePoliteSideIsHeldAndBothComeBack() => Run(async (call, alice, bob) =>
    {
        var ofAlice = await alice.EnableHoldAsync();
        await bob.EnableHoldAsync();

        // Bob is polite: his offer is rolled back by Alice's, his wish by his own function.
        await alice.Connection.SetRemoteDescriptionAsync(await bob.HoldRequestedAsync(ofAlice));
        Assert.Equal(SignalingState.Stable, bob.Connection.SignalingState);
        ExpectHeld(alice, bob);
        bob.Transceiver.Receiver.Track.Enabled = true;
        await call.ExpectAsync(CallWithMedia.Music, 0);

        await ResumeAsync(alice, bob);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_TogetherWithAnIceRestart_HoldsOnTheNewPath(bool holderRestarts) => Run(async (call, alice, bob) =>
    {
        var before = alice.Transceiver.Sender.Transport!.IceTransport.GetLocalParameters();
        (holderRestarts ? alice : bob).Connection.RestartIce();
        if (!holderRestarts)
        {
            // The restart's offer and the hold's cross; the impolite holder wins, the restart comes after.
            await bob.Connection.SetLocalDescriptionAsync();
        }

        await HoldAsync(alice, bob);
        ExpectHeld(alice, bob);
        await call.ExpectAsync(CallWithMedia.Music, 0);
        if (!holderRestarts)
        {
            await Pair.NegotiateAsync(bob.Connection, alice.Connection);
            ExpectHeld(alice, bob);
            await call.ExpectAsync(CallWithMedia.Music, 0);
        }

        Assert.NotEqual(before, alice.Transceiver.Sender.Transport!.IceTransport.GetLocalParameters());
        await ResumeAsync(alice, bob);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_WhileVideoIsAddedByEitherSide_HoldsTheVoiceAlone(bool byHolder) => Run(async (call, alice, bob) =>
    {
        await HoldAsync(alice, bob);
        var pictures = new FrameCounter();
        var (from, to) = byHolder ? (alice, bob) : (bob, alice);
        to.Connection.TrackAdded += (_, args) => args.Track.Attach(pictures);
        from.Connection.AddTrack(call.Track(9, MediaKind.Video), new MediaStream());
        await Pair.NegotiateAsync(from.Connection, to.Connection);
        ExpectHeld(alice, bob);
        await call.ExpectAsync(CallWithMedia.Music, 0);
        Assert.InRange(pictures.Of(9), 40, 100);
        await ResumeAsync(alice, bob);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_OfferTakenBack_LeavesTheCallAsItWas() => Run(async (call, alice, bob) =>
    {
        await alice.EnableHoldAsync();
        await alice.Connection.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Rollback));
        Assert.Equal((SendRecv, SendOnly), (alice.Transceiver.CurrentDirection, alice.Transceiver.Direction));
        Assert.Empty(alice.Log);
        await ResumeAsync(alice, bob);
        ExpectTalking(alice, bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    private static async Task HoldAsync(HoldingParty holder, HoldingParty held) =>
        await holder.Connection.SetRemoteDescriptionAsync(await held.HoldRequestedAsync(await holder.EnableHoldAsync()));

    private static async Task ResumeAsync(HoldingParty holder, HoldingParty held) =>
        await holder.Connection.SetRemoteDescriptionAsync(await held.HoldEndedAsync(await holder.DisableHoldAsync()));

    private static void ExpectHeld(HoldingParty holder, HoldingParty held)
    {
        Assert.Equal((SendOnly, SendOnly), (holder.Transceiver.Direction, holder.Transceiver.CurrentDirection));
        Assert.Equal((RecvOnly, RecvOnly), (held.Transceiver.Direction, held.Transceiver.CurrentDirection));
        Assert.True(holder.Transceiver.Receiver.Track.IsMuted);
        Assert.Null(held.Transceiver.Sender.Track);
    }

    private static void ExpectTalking(HoldingParty alice, HoldingParty bob)
    {
        Assert.Equal((SendRecv, SendRecv), (alice.Transceiver.Direction, alice.Transceiver.CurrentDirection));
        Assert.Equal((SendRecv, SendRecv), (bob.Transceiver.Direction, bob.Transceiver.CurrentDirection));
    }

    private static Task ExpectHeardAsync(CallWithMedia call, bool aliceHolds, int byHeld, int byHolder) =>
        aliceHolds ? call.ExpectAsync(toBob: byHeld, toAlice: byHolder) : call.ExpectAsync(toBob: byHolder, toAlice: byHeld);

    /// <summary>Datagrams that one side sends in a second: 50 when it talks, some reports and checks when it does not.</summary>
    private static async Task<long> MediaPacketsFromAsync(CallWithMedia call, bool fromAlice)
    {
        var (from, to) = fromAlice ? (call.Pair.AliceHost, call.Pair.BobHost) : (call.Pair.BobHost, call.Pair.AliceHost);
        var counters = call.Pair.Simulator.Network.Link(from, to).Counters;
        var before = counters.Sent;
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        return counters.Sent - before;
    }

    private static void Run(Func<CallWithMedia, HoldingParty, HoldingParty, Task> test)
    {
        var call = new CallWithMedia(new Pair());
        call.Pair.Run(async () =>
        {
            await call.StartAsync();
            var alice = new HoldingParty(call.Pair.Alice, call.Alice, call.Alice.Sender.Track!, call.Track(CallWithMedia.Music));
            var bob = new HoldingParty(call.Pair.Bob, call.Bob, call.Bob.Sender.Track!, call.Track(CallWithMedia.Music));
            await test(call, alice, bob);
            call.End();
        });
    }
}
