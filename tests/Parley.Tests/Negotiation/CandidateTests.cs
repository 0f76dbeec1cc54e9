using Parley.Media;

namespace Parley.Tests.Negotiation;

public class CandidateTests
{
    private const string Candidate = "candidate:1 1 udp 2130706431 10.0.0.9 5000 typ host";

    [Fact]
    public void AddCandidate_BeforeARemoteDescription_IsRefused() => WithOffer(false, async (pair, _) =>
        await Refused.WithAsync(
            RtcErrorNames.InvalidStateError, () => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0"))));

    [Fact]
    public void AddCandidate_NamesNoSection_IsRefusedAtOnce() => WithOffer(true, async (pair, _) =>
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate))));

    [Fact]
    public void AddCandidate_UnknownSection_IsRefused() => WithOffer(true, async (pair, _) =>
    {
        await Refused.WithAsync(RtcErrorNames.OperationError, () => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "9")));
        await Refused.WithAsync(
            RtcErrorNames.OperationError, () => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, null, 9)));
    });

    [Fact]
    public void AddCandidate_Malformed_IsRefused() => WithOffer(true, async (pair, _) =>
        await Refused.WithAsync(
            RtcErrorNames.OperationError, () => pair.Bob.AddIceCandidateAsync(new IceCandidateInit("candidate:nonsense", "0"))));

    [Fact]
    public void AddCandidate_UnknownGeneration_IsIgnored() => WithOffer(true, async (pair, _) =>
    {
        await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0", 0, "none"));
        Assert.DoesNotContain(Candidate, pair.Bob.RemoteDescription!.Sdp);
    });

    [Fact]
    public void AddCandidate_ByMidOrIndex_IsInTheDescription() => WithOffer(true, async (pair, ufrag) =>
    {
        await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0", null, ufrag));
        await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate.Replace("5000", "5001", StringComparison.Ordinal), null, 0));
        Assert.Contains("10.0.0.9 5000", pair.Bob.PendingRemoteDescription!.Sdp);
        Assert.Contains("10.0.0.9 5001", pair.Bob.RemoteDescription!.Sdp);
    });

    [Fact]
    public void AddCandidate_End_IsInTheDescription() => WithOffer(true, async (pair, _) =>
    {
        await pair.Bob.AddIceCandidateAsync(new IceCandidateInit("", "0"));
        Assert.Contains("a=end-of-candidates", pair.Bob.RemoteDescription!.Sdp);
        await pair.Bob.AddIceCandidateAsync();
    });

    [Fact]
    public void AddCandidate_OfAStoppedSection_IsIgnored()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            pair.Alice.GetTransceivers()[1].Stop();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "1"));
        });
    }

    [Fact]
    public void Candidates_Surfaced_CarryMidIndexAndFragmentAndEndWithNull()
    {
        var pair = new Pair();
        var seen = new List<IceCandidate?>();
        pair.Run(async () =>
        {
            pair.Alice.IceCandidateGathered += (_, args) => seen.Add(args.Candidate);
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
        });
        Assert.Equal(3, seen.Count);
        Assert.Equal(("0", (ushort?)0), (seen[0]!.SdpMid, seen[0]!.SdpMLineIndex));
        Assert.Contains($"a=ice-ufrag:{seen[0]!.UsernameFragment}\r\n", pair.Alice.LocalDescription!.Sdp);
        Assert.Contains($"a={seen[0]!.Candidate}\r\n", pair.Alice.LocalDescription!.Sdp);
        Assert.Equal("", seen[1]!.Candidate);
        Assert.Null(seen[2]);
    }

    private static void WithOffer(bool isSet, Func<Pair, string, Task> test)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            if (isSet)
            {
                await pair.Bob.SetRemoteDescriptionAsync(offer);
            }

            var line = offer.Sdp.Split("\r\n").First(text => text.StartsWith("a=ice-ufrag:", StringComparison.Ordinal));
            await test(pair, line["a=ice-ufrag:".Length..]);
        });
    }
}
