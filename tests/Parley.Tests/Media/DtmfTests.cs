using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>webrtc-pc §7, and RFC 4733 between two connections.</summary>
public class DtmfTests
{
    [Fact]
    public void InsertDtmf_EachTone_IsToldInOrderAndHeardByThePeer() => Run(async (call, dtmf) =>
    {
        var heard = new List<char>();
        var durations = new List<TimeSpan>();
        call.Bob.Receiver.ToneStarted += (_, args) => heard.Add(args.Tone);
        call.Bob.Receiver.ToneEnded += (_, args) => durations.Add(args.Duration!.Value);
        var told = Tell(call, dtmf);
        dtmf.InsertDtmf("12#aD", 60, 50);
        Assert.Equal("12#AD", dtmf.ToneBuffer);
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(["1 2#AD 0", "2 #AD 110", "# AD 220", "A D 330", "D  440", "  550"], told);
        Assert.Equal("12#AD", string.Concat(heard));
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromMilliseconds(60), 5), durations);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void InsertDtmf_Comma_WaitsTwoSeconds() => Run(async (call, dtmf) =>
    {
        var told = Tell(call, dtmf);
        dtmf.InsertDtmf("1,2");
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(4));
        Assert.Equal(["1 ,2 0", ", 2 170", "2  2170", "  2340"], told);
    });

    [Theory]
    [InlineData(0, 0, 70)]
    [InlineData(39, 29, 70)]
    [InlineData(40, 30, 70)]
    [InlineData(7000, 30, 6030)]
    [InlineData(40, 7000, 6040)]
    public void InsertDtmf_DurationAndGap_AreClamped(int duration, int gap, int spacing) => Run(async (call, dtmf) =>
    {
        var told = Tell(call, dtmf);
        dtmf.InsertDtmf("12", duration, gap);
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(15));
        Assert.Equal(["1 2 0", $"2  {spacing}", $"  {2 * spacing}"], told);
    });

    [Fact]
    public void InsertDtmf_Again_ReplacesWhatWaits() => Run(async (call, dtmf) =>
    {
        var told = Tell(call, dtmf);
        dtmf.InsertDtmf("123");
        await call.Pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
        dtmf.InsertDtmf("45");
        Assert.Equal("45", dtmf.ToneBuffer);
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(["1 23 0", "4 5 170", "5  340", "  510"], told);

        dtmf.InsertDtmf("67");
        await call.Pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
        dtmf.InsertDtmf("");
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(2, told.Count - 4);
        Assert.StartsWith("6 7 ", told[4]);
        Assert.StartsWith("  ", told[5]);
    });

    [Fact]
    public void InsertDtmf_WhatIsNoTone_IsRefusedAndChangesNothing() => Run((call, dtmf) =>
    {
        foreach (var tones in (string[])["1E", "e", " ", "1;2", "ſ", "\n"])
        {
            Refused.With(RtcErrorNames.InvalidCharacterError, () => dtmf.InsertDtmf(tones));
        }

        Assert.Equal("", dtmf.ToneBuffer);
        return Task.CompletedTask;
    });

    [Fact]
    public void CanInsertDtmf_NeedsAConnectedSenderWithATrackAndAnActiveEncoding() => Run(async (call, dtmf) =>
    {
        Assert.True(dtmf.CanInsertDtmf);
        var sender = call.Alice.Sender;
        var track = sender.Track;
        await sender.ReplaceTrackAsync(null);
        Assert.False(dtmf.CanInsertDtmf);
        await sender.ReplaceTrackAsync(track);
        Assert.True(dtmf.CanInsertDtmf);

        var parameters = sender.GetParameters();
        await sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { Active = false }] });
        Assert.False(dtmf.CanInsertDtmf);
        Refused.With(RtcErrorNames.InvalidStateError, () => dtmf.InsertDtmf("!"));
        parameters = sender.GetParameters();
        await sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { Active = true }] });
        Assert.True(dtmf.CanInsertDtmf);

        call.Alice.Direction = RtpTransceiverDirection.RecvOnly;
        Assert.True(dtmf.CanInsertDtmf);
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        Assert.False(dtmf.CanInsertDtmf);
        call.Alice.Direction = RtpTransceiverDirection.SendRecv;
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        Assert.True(dtmf.CanInsertDtmf);
        call.Alice.Stop();
        Assert.False(dtmf.CanInsertDtmf);
    });

    [Fact]
    public void InsertDtmf_SenderThatStopsInBetween_PlaysNoMoreAndKeepsTheBuffer() => Run(async (call, dtmf) =>
    {
        var told = Tell(call, dtmf);
        dtmf.InsertDtmf("123");
        await call.Pair.Simulator.Delay(TimeSpan.FromMilliseconds(200));
        call.Alice.Stop();
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(["1 23 0", "2 3 170"], told);
        Assert.Equal("3", dtmf.ToneBuffer);
    });

    [Fact]
    public void InsertDtmf_OnALossyNetwork_IsHeardOnceEach()
    {
        var pair = new Pair(seed: 3);
        Run(pair, async (call, dtmf) =>
        {
            var link = pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost);
            link.Conditions = link.Conditions with { Loss = 0.1 };
            var heard = new List<char>();
            call.Bob.Receiver.ToneStarted += (_, args) => heard.Add(args.Tone);
            dtmf.InsertDtmf("1234567890*#ABCD");
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Equal("1234567890*#ABCD", string.Concat(heard));
        });
    }

    [Fact]
    public void Dtmf_OfPictures_IsNull()
    {
        var pair = new Pair();
        Assert.Null(pair.Alice.AddTransceiver(MediaKind.Video).Sender.Dtmf);
        var audio = pair.Alice.AddTransceiver(MediaKind.Audio).Sender.Dtmf!;
        Assert.False(audio.CanInsertDtmf);
        Refused.With(RtcErrorNames.InvalidStateError, () => audio.InsertDtmf("1"));
    }

    private static List<string> Tell(CallWithMedia call, DtmfSender dtmf)
    {
        var told = new List<string>();
        var start = call.Pair.Simulator.Now;
        dtmf.ToneChanged += (_, args) =>
            told.Add($"{args.Tone} {dtmf.ToneBuffer} {Math.Round((call.Pair.Simulator.Now - start).TotalMilliseconds)}");
        return told;
    }

    private static void Run(Func<CallWithMedia, DtmfSender, Task> scenario) => Run(new Pair(), scenario);

    private static void Run(Pair pair, Func<CallWithMedia, DtmfSender, Task> scenario) => pair.Run(async () =>
    {
        var call = new CallWithMedia(pair);
        await call.StartAsync();
        await scenario(call, call.Alice.Sender.Dtmf!);
        call.End();
    });
}
