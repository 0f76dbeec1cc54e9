using Parley.Media;

namespace Parley.Tests;

public class HoldTests
{
    private const RtpTransceiverDirection SendRecv = RtpTransceiverDirection.SendRecv;
    private const RtpTransceiverDirection SendOnly = RtpTransceiverDirection.SendOnly;
    private const RtpTransceiverDirection RecvOnly = RtpTransceiverDirection.RecvOnly;
    private const RtpTransceiverDirection Inactive = RtpTransceiverDirection.Inactive;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Hold_WithMusicByEitherSideOfferedByEither_MutesOneWayAndComesBack(bool aliceHolds, bool holderOffers) => Run(async call =>
    {
        var holder = aliceHolds ? call.Alice : call.Bob;
        var held = aliceHolds ? call.Bob : call.Alice;
        var log = new List<string>();
        holder.Receiver.Track.Muted += (_, _) => log.Add("muted");
        holder.Receiver.Track.Unmuted += (_, _) => log.Add("unmuted");
        var voice = holder.Sender.Track;
        var (offerer, answerer) = Sides(call, aliceHolds == holderOffers);

        holder.Direction = SendOnly;
        await holder.Sender.ReplaceTrackAsync(call.Track(CallWithMedia.Music));
        await Pair.NegotiateAsync(offerer, answerer);
        Assert.Equal((SendOnly, RecvOnly), (holder.CurrentDirection, held.CurrentDirection));
        Assert.Equal(SendRecv, held.Direction);
        Assert.Equal(["muted"], log);
        await call.ExpectAsync(toBob: aliceHolds ? CallWithMedia.Music : 0, toAlice: aliceHolds ? 0 : CallWithMedia.Music);

        holder.Direction = SendRecv;
        await holder.Sender.ReplaceTrackAsync(voice);
        await Pair.NegotiateAsync(offerer, answerer);
        call.ExpectDirections(SendRecv, SendRecv);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        Assert.Equal(["muted", "unmuted"], log);
    });

    [Fact]
    public void Hold_ByBothAtOnce_IsInactiveUntilBothResume() => Run(async call =>
    {
        call.Alice.Direction = SendOnly;
        call.Bob.Direction = SendOnly;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        call.ExpectDirections(Inactive, Inactive);
        await call.ExpectAsync(0, 0);

        call.Alice.Direction = SendRecv;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        call.ExpectDirections(RecvOnly, SendOnly);
        await call.ExpectAsync(0, CallWithMedia.BobVoice);

        call.Bob.Direction = SendRecv;
        await Pair.NegotiateAsync(call.Pair.Bob, call.Pair.Alice);
        call.ExpectDirections(SendRecv, SendRecv);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_Inactive_StopsThePacketsOfBothWays() => Run(async call =>
    {
        call.Alice.Direction = Inactive;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.ExpectAsync(0, 0);
        call.Alice.Direction = SendRecv;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_TogetherWithAnIceRestart_Holds() => Run(async call =>
    {
        var before = call.Alice.Sender.Transport!.IceTransport.GetLocalParameters();
        call.Alice.Direction = SendOnly;
        call.Pair.Alice.RestartIce();
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        Assert.NotEqual(before, call.Alice.Sender.Transport!.IceTransport.GetLocalParameters());
        await call.ExpectAsync(CallWithMedia.AliceVoice, 0);
        call.Alice.Direction = SendRecv;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_InOffersThatCross_Holds() => Run(async call =>
    {
        var (alice, bob) = (call.Pair.Alice, call.Pair.Bob);
        call.Alice.Direction = SendOnly;
        call.Bob.Direction = SendOnly;
        await alice.SetLocalDescriptionAsync();
        await bob.SetLocalDescriptionAsync();
        await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
        await bob.SetLocalDescriptionAsync();
        await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
        call.ExpectDirections(Inactive, Inactive);
        await call.ExpectAsync(0, 0);
        call.Alice.Direction = SendRecv;
        call.Bob.Direction = SendRecv;
        await Pair.NegotiateAsync(bob, alice);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Hold_AcrossARenegotiationThatAddsVideo_Holds() => Run(async call =>
    {
        var (alice, bob) = (call.Pair.Alice, call.Pair.Bob);
        call.Bob.Direction = SendOnly;
        await Pair.NegotiateAsync(bob, alice);
        var pictures = new FrameCounter();
        bob.TrackAdded += (_, args) => args.Track.Attach(pictures);
        alice.AddTrack(call.Track(9, MediaKind.Video), new MediaStream());
        await Pair.NegotiateAsync(alice, bob);
        call.ExpectDirections(RecvOnly, SendOnly);
        await call.ExpectAsync(0, CallWithMedia.BobVoice);
        Assert.InRange(pictures.Of(9), 40, 100);
        call.Bob.Direction = SendRecv;
        await Pair.NegotiateAsync(bob, alice);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void ReplaceTrack_ByNullAndBack_StopsAndGoesOnWithoutNegotiation() => Run(async call =>
    {
        var voice = call.Alice.Sender.Track;
        await call.Alice.Sender.ReplaceTrackAsync(null);
        await call.ExpectAsync(0, CallWithMedia.BobVoice);
        await call.Alice.Sender.ReplaceTrackAsync(call.Track(CallWithMedia.Music));
        await call.ExpectAsync(CallWithMedia.Music, CallWithMedia.BobVoice);
        await call.Alice.Sender.ReplaceTrackAsync(voice);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void InactiveEncoding_Set_StopsAndGoesOnWithoutNegotiation() => Run(async call =>
    {
        async Task SetActiveAsync(bool active)
        {
            var parameters = call.Alice.Sender.GetParameters();
            await call.Alice.Sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { Active = active }] });
        }

        await SetActiveAsync(false);
        await call.ExpectAsync(0, CallWithMedia.BobVoice);
        await SetActiveAsync(true);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Stop_OfOneTransceiver_LeavesTheOther() => Run(async call =>
    {
        var pictures = new FrameCounter();
        call.Pair.Bob.TrackAdded += (_, args) => args.Track.Attach(pictures);
        call.Pair.Alice.AddTrack(call.Track(9, MediaKind.Video), new MediaStream());
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        call.Pair.Alice.GetTransceivers()[1].Stop();
        await call.Pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
        var before = pictures.Total;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        Assert.Equal(before, pictures.Total);
        Assert.NotEqual(0, before);
    });

    private static (PeerConnection Offerer, PeerConnection Answerer) Sides(CallWithMedia call, bool aliceOffers) =>
        aliceOffers ? (call.Pair.Alice, call.Pair.Bob) : (call.Pair.Bob, call.Pair.Alice);

    private static void Run(Func<CallWithMedia, Task> test)
    {
        var call = new CallWithMedia(new Pair());
        call.Pair.Run(async () =>
        {
            await call.StartAsync();
            await test(call);
            call.End();
        });
    }
}
