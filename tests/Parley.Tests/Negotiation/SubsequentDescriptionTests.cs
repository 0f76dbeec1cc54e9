using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>RFC 9429 §5.2.2 and §5.3.2: what later offers and answers take over from those before.</summary>
public class SubsequentDescriptionTests
{
    private static readonly SessionDescription s_rollback = new(SdpType.Rollback);

    [Fact]
    public void OfferAndAnswer_OnceCandidatesAreGathered_HaveTheDefaultOneInTheirFirstLines()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.CreateDataChannel("a");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            var again = await pair.Alice.CreateOfferAsync();
            Assert.Equal(Places(pair.Alice.LocalDescription!.Sdp), Places(again.Sdp));
            Assert.DoesNotContain(Places(again.Sdp), place => place.Contains("0.0.0.0", StringComparison.Ordinal));

            // A bundled section leaves them to the one that its group is tagged by, as browsers do.
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var answer = await pair.Bob.CreateAnswerAsync();
            Assert.Equal([false, true], Places(answer.Sdp).Select(place => place.Contains("9 c=IN IP4 0.0.0.0", StringComparison.Ordinal)));
        });

        static string[] Places(string sdp) =>
            [.. Lines(sdp, "m=").Zip(Lines(sdp, "c="), (media, connection) => $"{media.Split(' ')[1]} {connection}")];
    }

    [Fact]
    public void Offer_GatheringEndedWithoutACandidate_SaysThatItEnded()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceTransportPolicy = IceTransportPolicy.Relay });
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            Assert.Single(Lines((await pair.Alice.CreateOfferAsync()).Sdp, "a=end-of-candidates"));
        });
    }

    [Fact]
    public void Offer_AfterAnAnswerWithoutReducedSizeRtcp_AsksForItAgainAsBrowsersDo()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!.Sdp;
            Assert.Single(Lines(offer, "a=rtcp-rsize"));
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, offer.Replace("a=rtcp-rsize\r\n", "")));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Empty(Lines(pair.Bob.LocalDescription!.Sdp, "a=rtcp-rsize"));
            Assert.Single(Lines((await pair.Alice.CreateOfferAsync()).Sdp, "a=rtcp-rsize"));
            Assert.Single(Lines((await pair.Bob.CreateOfferAsync()).Sdp, "a=rtcp-rsize"));
        });
    }

    [Fact]
    public void RemoteOffer_UsesAPlaceAgain_TheStoppedTransceiverHasNoMid()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var stopped = pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var theirs = pair.Bob.GetTransceivers()[0];
            stopped.Stop();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Null(theirs.Mid);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Single(Lines(pair.Bob.RemoteDescription!.Sdp, "m="));
            Assert.Null(theirs.Mid);
            Assert.Equal(RtpTransceiverDirection.Stopped, theirs.CurrentDirection);
            Assert.Equal("1", Assert.Single(pair.Bob.GetTransceivers()).Mid);
        });
    }

    [Fact]
    public void LocalAnswer_MadeForAnOfferThatWasRolledBack_IsRefusedForAnotherAndANewOneWorks()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var answer = await pair.Bob.CreateAnswerAsync();
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            pair.Alice.GetTransceivers()[0].Direction = RtpTransceiverDirection.SendOnly;
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await Refused.WithAsync("InvalidAccessError", () => pair.Bob.SetLocalDescriptionAsync(answer));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            Assert.Equal(RtpTransceiverDirection.RecvOnly, Assert.Single(pair.Bob.GetTransceivers()).CurrentDirection);
        });
    }

    [Fact]
    public void LocalAnswer_MadeBeforeTheSameOfferWasSetAgain_StillHolds()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var answer = await pair.Bob.CreateAnswerAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync(answer);
            Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LocalDescription_SetAfterCandidatesWereGathered_HasThemOnce(bool afterTheEnd)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Alice.SetLocalDescriptionAsync(offer);
            var first = new TaskCompletionSource();
            pair.Alice.IceCandidateGathered += (_, _) => first.TrySetResult();
            await (afterTheEnd ? pair.GatheredAsync(pair.Alice) : first.Task);
            Assert.DoesNotContain("a=candidate", offer.Sdp);
            await pair.Alice.SetLocalDescriptionAsync(offer);
            await pair.GatheredAsync(pair.Alice);
            var candidates = Lines(pair.Alice.LocalDescription!.Sdp, "a=candidate");
            Assert.NotEmpty(candidates);
            Assert.Equal(candidates.Distinct(), candidates);
            Assert.Single(Lines(pair.Alice.LocalDescription.Sdp, "a=end-of-candidates"));
            Assert.DoesNotContain("m=audio 9 ", pair.Alice.LocalDescription.Sdp);
        });
    }

    [Fact]
    public void Mid_OfASectionThatEnded_IsNotGivenToAnother()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var first = pair.Alice.AddTransceiver(MediaKind.Audio);
            var second = pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            first.Stop();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var third = pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            second.Stop();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var fourth = pair.Bob.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Equal([null, null, "2", "3"], [first.Mid, second.Mid, third.Mid, fourth.Mid]);
            Assert.Equal(["a=mid:2", "a=mid:3"], Lines(pair.Bob.LocalDescription!.Sdp, "a=mid:"));
        });
    }

    [Fact]
    public void ManyRounds_FromBothSides_KeepNumbersMidsAndCredentials()
    {
        var pair = new Pair();
        pair.TrickleBothWays();
        pair.Run(async () =>
        {
            var stream = new MediaStream("s");
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), stream);
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video), stream);
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video), stream);
            pair.Alice.CreateDataChannel("a");
            var seen = new Dictionary<string, string>();
            for (var round = 0; round < 12; round++)
            {
                var (from, to) = round % 3 == 0 ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
                await Pair.NegotiateAsync(from, to);
                Compare(seen, pair.Alice, "alice", withCredentials: round > 0);
                Compare(seen, pair.Bob, "bob", withCredentials: round > 0);
                switch (round)
                {
                    case 0:
                        await pair.ConnectedAsync();
                        break;
                    case 3:
                        pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("t"));
                        pair.Bob.AddTransceiver(MediaKind.Video);
                        break;
                    case 5:
                        pair.Alice.GetTransceivers()[0].Stop();
                        break;
                    case 8:
                        pair.Alice.AddTransceiver(MediaKind.Video);
                        break;
                }
            }

            var mids = Lines(pair.Alice.LocalDescription!.Sdp, "a=mid:");
            Assert.Equal(4, mids.Distinct().Count());
            Assert.Equal(mids, Lines(pair.Bob.LocalDescription!.Sdp, "a=mid:"));
        });
    }

    /// <summary>
    /// Each number means the same in all sections and rounds; once all is bundled each section has the credentials that it had.
    /// </summary>
    private static void Compare(Dictionary<string, string> seen, PeerConnection connection, string side, bool withCredentials)
    {
        foreach (var section in connection.LocalDescription!.Sdp.Split("\r\nm=").Skip(1))
        {
            foreach (var line in Lines(section, "a=rtpmap:").Concat(Lines(section, "a=extmap:")))
            {
                Expect($"{line.Split(':')[0]} {line.Split(':', ' ', '/')[1]}", line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            }

            foreach (var line in withCredentials ? Lines(section, "a=ice-ufrag:") : [])
            {
                Expect($"{side} {Lines(section, "a=mid:")[0]}", line);
            }
        }

        void Expect(string key, string value)
        {
            if (!seen.TryAdd(key, value))
            {
                Assert.Equal(seen[key], value);
            }
        }
    }

    private static string[] Lines(string sdp, string start) =>
        [.. sdp.Split("\r\n").Where(line => line.StartsWith(start, StringComparison.Ordinal))];
}
