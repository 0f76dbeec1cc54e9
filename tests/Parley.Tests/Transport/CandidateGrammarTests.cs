using Parley.Media;

namespace Parley.Tests.Transport;

/// <summary>webrtc-pc §4.8.1.2: the candidate-attribute grammar (RFC 8839 §5.1), as the constructor and addIceCandidate judge it.</summary>
public class CandidateGrammarTests
{
    [Theory]
    [InlineData(" ")]
    [InlineData("candidate:")]
    [InlineData("1 1 udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("Candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("candidate: 1 1 udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("candidate:1 x udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("candidate:1 1 udp -1 203.0.113.100 10100 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 203.0.113.100 10100 typ host")]
    [InlineData("candidate:1 1 udp 2113929471 203.0.113.100 65536 typ host")]
    [InlineData("candidate:1 1 udp 2113929471 203.0.113.100 typ host")]
    [InlineData("candidate:1 1 udp 2113929471 203.0.113.100 10100 host")]
    [InlineData("candidate:1 1 udp 2113929471 203.0.113.100 10100 typ")]
    public void Text_AgainstTheGrammar_KeepsItsTextAlone_AndIsNotAdded(string text)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var candidate = new IceCandidate(new IceCandidateInit(text, "0"));
            Assert.Equal(text, candidate.Candidate);
            Assert.Null(candidate.Foundation);
            Assert.Null(candidate.Port);
            await OfferAsync(pair);
            await Refused.WithAsync("OperationError", () => pair.Bob.AddIceCandidateAsync(candidate));
        });
    }

    [Theory]
    [InlineData("candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("a=candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host")]
    [InlineData("candidate:a+/9 2 UDP 0 name.example 0 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 50")]
    [InlineData("candidate:1 1 tcp 2113929471 2001:db8::1 9 typ host tcptype active")]
    [InlineData("candidate: 1 udp 2113932031 192.0.2.7 19305 typ host generation 0")]
    [InlineData("candidate:a*b:c 1 udp 2113929471 203.0.113.100 10100 typ host")]
    public void Text_ByTheGrammar_IsTakenApart_AndAdded(string text)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var candidate = new IceCandidate(new IceCandidateInit(text, "0"));
            Assert.NotNull(candidate.Foundation);
            await OfferAsync(pair);
            await pair.Bob.AddIceCandidateAsync(candidate);
            Assert.Contains($"a=candidate:{candidate.Foundation} ", pair.Bob.RemoteDescription!.Sdp);
        });
    }

    [Fact]
    public void Candidate_NamedInEachWay_IsTakenOrRefusedByTheStepsInTheirOrder()
    {
        const string Text = "candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host";
        var pair = new Pair();
        pair.Run(async () =>
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Text)));
            await Refused.WithAsync("InvalidStateError", () => pair.Bob.AddIceCandidateAsync());
            var ufrag = await OfferAsync(pair);
            foreach (var refused in (IceCandidateInit[])
            [
                new(Text, "none", 0), new(Text, null, 2),
            ])
            {
                await Refused.WithAsync("OperationError", () => pair.Bob.AddIceCandidateAsync(refused));
            }

            // Of a generation, or the end of a section, that is not there: nothing to do, as browsers have it.
            foreach (var ignored in (IceCandidateInit[])
            [
                new(Text, "0", 0, "none"), new("", "none"), new("", null, 7), new("", null, null, "none"),
            ])
            {
                await pair.Bob.AddIceCandidateAsync(ignored);
            }

            Assert.Equal((0, 0), (Count("a=end-of-candidates"), Count("a=" + Text)));

            // Empty strings are absent.
            foreach (var taken in (IceCandidateInit[])[new(Text, "0", 99, ufrag), new(Text, "", 1, "")])
            {
                await pair.Bob.AddIceCandidateAsync(taken);
            }

            // Each section has a fragment of its own here: the end of one generation is told to its section, the end of all to all.
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit("", null, null, ufrag));
            Assert.Equal(1, Count("a=end-of-candidates"));
            await pair.Bob.AddIceCandidateAsync();
            Assert.Equal(2, Count("a=end-of-candidates"));
            Assert.Equal(2, Count("a=" + Text));

            pair.Bob.Close();
            await Assert.ThrowsAnyAsync<ArgumentException>(() => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Text)));
            await Refused.WithAsync("InvalidStateError", () => pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Text, "0")));
        });

        int Count(string line) => pair.Bob.RemoteDescription!.Sdp.Split("\r\n").Count(other => other == line);
    }

    /// <summary>Bob has an offer of two sections from Alice; the fragment of the first.</summary>
    private static async Task<string> OfferAsync(Pair pair)
    {
        pair.Alice.AddTransceiver(MediaKind.Audio);
        pair.Alice.AddTransceiver(MediaKind.Video);
        var offer = await pair.Alice.CreateOfferAsync();

        // Peers that are no browsers may give the second section credentials of its own.
        var second = offer.Sdp.LastIndexOf("a=ice-ufrag:", StringComparison.Ordinal) + "a=ice-ufrag:".Length;
        await pair.Bob.SetRemoteDescriptionAsync(offer with { Sdp = offer.Sdp.Insert(second, "other") });
        return offer.Sdp.Split("a=ice-ufrag:")[1].Split("\r\n")[0];
    }
}
