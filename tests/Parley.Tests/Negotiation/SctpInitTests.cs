using System.Text.RegularExpressions;
using Parley.Media;
using Parley.Net;
using Parley.Sctp;
using Parley.Simulation;
using Parley.Tests.Transport;

namespace Parley.Tests.Negotiation;

/// <summary>SCTP's INITs in the descriptions (draft-hancke-tsvwg-snap).</summary>
public class SctpInitTests
{
    private const string Start = "a=sctp-init:";
    private const string Example = "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA";
    private static void RunAndClose(Pair pair, Func<Task> body) => pair.Run(async () =>
    {
        await body();
        pair.Alice.Close();
        pair.Bob.Close();
    });

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    // Of a round trip of 100 ms: ICE 1, DTLS 2, then DATA_CHANNEL_OPEN travels for half a one. INIT and COOKIE ECHO take two more.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Channel_OpensWithoutAHandshakeOfSctp_UnlessTheAttributeIsLost(bool offerArrives, bool answerArrives)
    {
        var records = new List<byte[]>();
        var pair = new Pair(attack: network => new TappedNetwork(network, datagram => Record(records, datagram)));
        pair.Simulator.Network.DefaultConditions = new LinkConditions { Delay = Delay };
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("words");
            var arrived = new TaskCompletionSource<Instant>();
            pair.Bob.DataChannelAdded += (_, _) => arrived.TrySetResult(pair.Simulator.Now);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Single(InitsOf(pair.Alice));
            await pair.Bob.SetRemoteDescriptionAsync(offerArrives ? pair.Alice.LocalDescription! : Without(pair.Alice.LocalDescription!));
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Equal(offerArrives ? 1 : 0, InitsOf(pair.Bob).Count);
            await pair.Alice.SetRemoteDescriptionAsync(answerArrives ? pair.Bob.LocalDescription! : Without(pair.Bob.LocalDescription!));
            await pair.ConnectedAsync();
            var connected = pair.Simulator.Now;
            var waited = await arrived.Task - connected;
            if (offerArrives && answerArrives)
            {
                // Both DTLS ends are up within half a round trip. The first packet of SCTP is that of the channel, the second acknowledges
                // it.
                Assert.InRange(waited, TimeSpan.Zero, Delay + TimeSpan.FromMilliseconds(1));
                Assert.Equal(2, records.Count);
            }
            else
            {
                Assert.True(waited > 3 * Delay, $"{waited}");
                Assert.True(records.Count > 5, $"{records.Count}");
            }

            Assert.Equal(SctpTransportState.Connected, pair.Alice.SctpTransport!.State);
            await ExchangeAsync(pair, channel);
        });
    }

    /// <summary>A channel with an id agreed on has no word of its own: then nothing at all is sent.</summary>
    [Fact]
    public void NegotiatedChannel_Open_HasSentNoPacketOfSctp()
    {
        var records = new List<byte[]>();
        var pair = new Pair(attack: network => new TappedNetwork(network, datagram => Record(records, datagram)));
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var init = new DataChannelInit { Negotiated = true, Id = 4 };
            var (one, other) = (pair.Alice.CreateDataChannel("n", init), pair.Bob.CreateDataChannel("n", init));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await OpenedAsync(one);
            await OpenedAsync(other);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Empty(records);
            var heard = new TaskCompletionSource<string>();
            other.MessageReceived += (_, message) => heard.TrySetResult(message.Text);
            one.Send("first");
            Assert.Equal("first", await heard.Task);
        });
    }

    [Fact]
    public void Inits_InLaterDescriptions_AreTheSameWhicheverSideOffers()
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            var channel = await ConnectAsync(pair);
            var (alice, bob) = (InitsOf(pair.Alice).Single(), InitsOf(pair.Bob).Single());
            Assert.NotEqual(alice, bob);
            for (var round = 0; round < 4; round++)
            {
                var (from, to) = round % 2 == 0 ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
                if (round > 1)
                {
                    from.RestartIce();
                }

                from.AddTransceiver(MediaKind.Audio);
                await Pair.NegotiateAsync(from, to);
                Assert.Equal([alice], InitsOf(pair.Alice));
                Assert.Equal([bob], InitsOf(pair.Bob));
                await ExchangeAsync(pair, channel);
            }
        });
    }

    [Fact]
    public void Offer_MadeAgain_HasTheSameInit()
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            pair.Alice.CreateDataChannel("words");
            var first = InitsOf((await pair.Alice.CreateOfferAsync()).Sdp).Single();
            Assert.True(SctpInit.TryParse(Convert.FromBase64String(first), out _));
            Assert.Equal([first], InitsOf((await pair.Alice.CreateOfferAsync()).Sdp));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal([first], InitsOf(pair.Alice));
            await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
            Assert.Equal([first], InitsOf((await pair.Alice.CreateOfferAsync()).Sdp));
        });
    }

    [Fact]
    public void Glare_RolledBack_IsEstablishedWithTheInitsOfTheDescriptionsInForce()
    {
        var records = new List<byte[]>();
        var pair = new Pair(attack: network => new TappedNetwork(network, datagram => Record(records, datagram)));
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("words");
            pair.Bob.CreateDataChannel("other");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.ConnectedAsync();
            await OpenedAsync(channel);

            // The channels' own words at most: no INIT, no cookie.
            Assert.InRange(records.Count, 1, 2);
            await ExchangeAsync(pair, channel);
        });
    }

    [Fact]
    public void RolledBackOfferOfMedia_LeavesTheAssociationAsItWas()
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            var channel = await ConnectAsync(pair);
            var before = InitsOf(pair.Alice);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal(before, InitsOf(pair.Alice));
            await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
            await ExchangeAsync(pair, channel);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(before, InitsOf(pair.Alice));
            await ExchangeAsync(pair, channel);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ProvisionalAnswer_BeginsTheAssociationAndTheAnswerGoesOnWithIt(bool answerHasIt)
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("words");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var answer = await pair.Bob.CreateAnswerAsync();
            await pair.Bob.SetLocalDescriptionAsync(answer with { Type = SdpType.Pranswer });
            await pair.Alice.SetRemoteDescriptionAsync(answer with { Type = SdpType.Pranswer });
            await OpenedAsync(channel);
            await pair.Bob.SetLocalDescriptionAsync(answer);
            await pair.Alice.SetRemoteDescriptionAsync(answerHasIt ? answer : Without(answer));
            await ExchangeAsync(pair, channel);
        });
    }

    /// <summary>
    /// "Attempting to add an sctp-init attribute to an existing SCTP association results in an error"; so does another one.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reoffer_WithAnotherInit_IsRefusedAndTheChannelGoesOn(bool wasThere)
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            var channel = await ConnectAsync(pair, wasThere ? null : Without);
            pair.Bob.AddTransceiver(MediaKind.Audio);
            await pair.Bob.SetLocalDescriptionAsync();
            var offer = pair.Bob.LocalDescription!;
            Assert.Equal(wasThere ? 1 : 0, InitsOf(offer.Sdp).Count);
            var other = wasThere
                ? With(offer, Example)
                : offer with { Sdp = offer.Sdp.Replace("a=sctp-port:5000\r\n", $"a=sctp-port:5000\r\n{Start}{Example}\r\n") };
            Assert.Single(InitsOf(other.Sdp));
            await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Alice.SetRemoteDescriptionAsync(other));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            await pair.Alice.SetRemoteDescriptionAsync(offer);
            await pair.Alice.SetLocalDescriptionAsync();
            var answer = pair.Alice.LocalDescription!;
            if (wasThere)
            {
                await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Bob.SetRemoteDescriptionAsync(With(answer, Example)));
            }

            await pair.Bob.SetRemoteDescriptionAsync(answer);
            await ExchangeAsync(pair, channel);
        });
    }

    [Fact]
    public void Reoffer_WithoutTheInit_IsTakenAndAnsweredWithout()
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            var channel = await ConnectAsync(pair);
            var before = InitsOf(pair.Alice);
            pair.Bob.AddTransceiver(MediaKind.Audio);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(Without(pair.Bob.LocalDescription!));
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Empty(InitsOf(pair.Alice));
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await ExchangeAsync(pair, channel);
            Assert.Equal(before, InitsOf((await pair.Alice.CreateOfferAsync()).Sdp));
        });
    }

    /// <summary>What libdatachannel 0.24.5 does with attributes that it does not know.</summary>
    [Fact]
    public void Answer_ThatRepeatsTheOffersInit_IsOfAPeerWithoutOne()
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("words");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(Without(pair.Alice.LocalDescription!));
            await pair.Bob.SetLocalDescriptionAsync();
            var echo = $"a=sctp-port:5000\r\n{Start}{InitsOf(pair.Alice).Single()}\r\n";
            await pair.Alice.SetRemoteDescriptionAsync(
                pair.Bob.LocalDescription! with { Sdp = pair.Bob.LocalDescription!.Sdp.Replace("a=sctp-port:5000\r\n", echo) });
            await OpenedAsync(channel);
            await ExchangeAsync(pair, channel);
            pair.Bob.AddTransceiver(MediaKind.Audio);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(
                pair.Bob.LocalDescription! with { Sdp = pair.Bob.LocalDescription!.Sdp.Replace("a=sctp-port:5000\r\n", echo) });
            await ExchangeAsync(pair, channel);
        });
    }

    [Theory]
    [InlineData("AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoL", true)]
    [InlineData("", true)]
    [InlineData("!!!!", true)]
    [InlineData("AQAA", false)]
    [InlineData("AQAAHgAAAAAAUAAA/////+B5ZR3AAAAEgAgABoLA", false)]
    [InlineData("AgAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA", false)]
    public void Description_WithAMalformedInit_IsRefusedAndTheRightOneStillWorks(string value, bool isSyntax)
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            pair.TrickleBothWays();
            var channel = pair.Alice.CreateDataChannel("words");
            await pair.Alice.SetLocalDescriptionAsync();
            await RefusedAsync(pair.Bob, With(pair.Alice.LocalDescription!, value));
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await RefusedAsync(pair.Alice, With(pair.Bob.LocalDescription!, value));
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await OpenedAsync(channel);
        });

        async Task RefusedAsync(PeerConnection connection, SessionDescription description)
        {
            if (isSyntax)
            {
                var error = await Assert.ThrowsAsync<RtcError>(() => connection.SetRemoteDescriptionAsync(description));
                Assert.Equal(RtcErrorDetail.SdpSyntaxError, error.ErrorDetail);
                Assert.StartsWith(Start, description.Sdp.Split("\r\n")[error.SdpLineNumber!.Value - 1]);
            }
            else
            {
                await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => connection.SetRemoteDescriptionAsync(description));
            }
        }
    }

    /// <summary>
    /// Another peer answers a restart with the INIT of its own association, or offers one: the association is new, and so is the INIT of
    /// who answers.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handover_BeginsANewAssociationWithoutAHandshake(bool aliceOffers)
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            await ConnectAsync(pair);
            var before = InitsOf(pair.Alice).Single();
            var records = new List<byte[]>();
            var host = pair.Simulator.AddHost("carol", "10.0.0.3");
            var carol = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [TestCertificates.Carol] },
                host.Platform with { Network = new TappedNetwork(host.Platform.Network, datagram => Record(records, datagram)) },
                pair.Log);
            Pair.Trickle(pair.Alice, carol);
            Pair.Trickle(carol, pair.Alice);
            if (aliceOffers)
            {
                pair.Alice.RestartIce();
                await Pair.NegotiateAsync(pair.Alice, carol);
            }
            else
            {
                carol.CreateDataChannel("carol's");
                await Pair.NegotiateAsync(carol, pair.Alice);
            }

            Assert.Equal(aliceOffers, before == InitsOf(pair.Alice).Single());
            await Pair.UntilAsync(carol, () => carol.ConnectionState == PeerConnectionState.Connected);
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Connected);
            var arrived = new TaskCompletionSource();
            carol.DataChannelAdded += (_, _) => arrived.TrySetResult();
            await OpenedAsync(pair.Alice.CreateDataChannel("again"));
            await arrived.Task;

            // Carol has sent no more than her channel's word and what answers Alice's.
            Assert.InRange(records.Count, 0, 2);
            carol.Close();
        });
    }

    /// <summary>A second association over the same DTLS association must not be taken for the first.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DataSection_RejectedAndOfferedAgain_HasNewInits(bool aliceOffers)
    {
        var pair = new Pair();
        RunAndClose(pair, async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await ConnectAsync(pair);
            var (alice, bob) = (InitsOf(pair.Alice).Single(), InitsOf(pair.Bob).Single());
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(Rejecting(pair.Alice.LocalDescription!));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Empty(InitsOf(pair.Bob));
            var (from, to) = aliceOffers ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
            var channel = from.CreateDataChannel("again");
            await Pair.NegotiateAsync(from, to);
            await OpenedAsync(channel);
            Assert.NotEqual(alice, InitsOf(pair.Alice).Single());
            Assert.NotEqual(bob, InitsOf(pair.Bob).Single());
        });

        static SessionDescription Rejecting(SessionDescription offer) => offer with
        {
            Sdp = Regex.Replace(
                Regex.Replace(offer.Sdp, @"m=application [0-9]+", "m=application 0"),
                @"a=group:BUNDLE ([^\r]*)\r\n",
                match =>
                    $"a=group:BUNDLE {string.Join(' ', match.Groups[1].Value.Split(' ').Where(mid => mid != DataMid(offer.Sdp)))}\r\n"),
        };
    }

    private static string DataMid(string sdp) =>
        Regex.Match(sdp[sdp.IndexOf("m=application", StringComparison.Ordinal)..], @"a=mid:([^\r]*)").Groups[1].Value;

    private static async Task<DataChannel> ConnectAsync(Pair pair, Func<SessionDescription, SessionDescription>? onTheWay = null)
    {
        onTheWay ??= static description => description;
        pair.TrickleBothWays();
        var channel = pair.Alice.CreateDataChannel("words");
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(onTheWay(pair.Alice.LocalDescription!));
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
        await pair.ConnectedAsync();
        await OpenedAsync(channel);
        return channel;
    }

    /// <summary>
    /// Messages still go both ways, over channels opened now; the one that is there is still open, and all it sends is acknowledged.
    /// </summary>
    private static async Task ExchangeAsync(Pair pair, DataChannel channel)
    {
        foreach (var (from, to) in new[] { (pair.Alice, pair.Bob), (pair.Bob, pair.Alice) })
        {
            var came = new TaskCompletionSource<string>();
            void Listen(object? sender, DataChannelEventArgs args) =>
                args.Channel.MessageReceived += (_, message) => came.TrySetResult(message.Text);
            to.DataChannelAdded += Listen;
            var fresh = from.CreateDataChannel("more");
            await OpenedAsync(fresh);
            fresh.Send("hello");
            Assert.Equal("hello", await came.Task);
            to.DataChannelAdded -= Listen;
        }

        channel.Send("and this");
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((0, DataChannelState.Open), (channel.BufferedAmount, channel.ReadyState));
    }

    private static async Task OpenedAsync(DataChannel channel)
    {
        var opened = new TaskCompletionSource();
        channel.Opened += (_, _) => opened.TrySetResult();
        if (channel.ReadyState != DataChannelState.Open)
        {
            await opened.Task;
        }
    }

    // Content type 23: application data, of which SCTP alone makes use.
    private static void Record(List<byte[]> records, byte[] datagram)
    {
        if (datagram[0] == 23)
        {
            records.Add(datagram);
        }
    }

    private static IReadOnlyList<string> InitsOf(PeerConnection connection) => InitsOf(connection.LocalDescription!.Sdp);

    private static IReadOnlyList<string> InitsOf(string sdp) =>
        [.. sdp.Split("\r\n").Where(line => line.StartsWith(Start, StringComparison.Ordinal)).Select(line => line[Start.Length..])];

    private static SessionDescription Without(SessionDescription description) =>
        description with { Sdp = Regex.Replace(description.Sdp, $"{Start}[^\r]*\r\n", "") };

    private static SessionDescription With(SessionDescription description, string value) =>
        description with { Sdp = Regex.Replace(description.Sdp, $"{Start}[^\r]*", Start + value) };
}
