using Parley.Media;
using Parley.Net;

namespace Parley.Tests.Negotiation;

public class HostileDescriptionTests
{
    public static TheoryData<string> Offers =>
        [.. Directory.GetFiles(
            Path.Combine(AppContext.BaseDirectory, "Corpus"), "*offer*.sdp").Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Offers))]
    public void RemoteOffer_OfAnotherStack_IsAnswered(string file)
    {
        var offer = new SessionDescription(SdpType.Offer, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Corpus", file)));
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
            Assert.Equal(
                offer.Sdp.Split('\n').Count(line => line.StartsWith("m=", StringComparison.Ordinal)),
                pair.Bob.LocalDescription!.Sdp.Split('\n').Count(line => line.StartsWith("m=", StringComparison.Ordinal)));
        });
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public void RemoteOffer_Mutated_FailsOnlyByNameAndLeavesTheConnectionUsable(string file)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Corpus", file));
        var random = RandomSource.Seeded((ulong)file.Length);
        var refused = 0;
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    var offer = new SessionDescription(SdpType.Offer, Mutate(text, random));
                    try
                    {
                        await pair.Bob.SetRemoteDescriptionAsync(offer);
                        if (random.Next(2) == 0)
                        {
                            await pair.Bob.CreateAnswerAsync();
                        }

                        await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
                    }
                    catch (RtcException)
                    {
                        refused++;
                        if (pair.Bob.SignalingState == SignalingState.HaveRemoteOffer)
                        {
                            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
                        }
                    }

                    Assert.Empty(pair.Bob.GetTransceivers());
                }

                pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
                pair.TrickleBothWays();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.ConnectedAsync();
            },
            seconds: 300);
        Assert.InRange(refused, 5, 60);
    }

    [Fact]
    public void RemoteAnswer_Mutated_FailsOnlyByNameAndLeavesTheConnectionUsable()
    {
        var random = RandomSource.Seeded(7);
        var applied = 0;
        for (var i = 0; i < 150; i++)
        {
            var pair = new Pair();
            pair.Run(async () =>
            {
                pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
                pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
                pair.Alice.CreateDataChannel("d");
                await pair.Alice.SetLocalDescriptionAsync();
                await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
                await pair.Bob.SetLocalDescriptionAsync();
                try
                {
                    await pair.Alice.SetRemoteDescriptionAsync(
                        new SessionDescription(SdpType.Answer, Mutate(pair.Bob.LocalDescription!.Sdp, random)));
                    applied++;
                }
                catch (RtcException)
                {
                    Assert.Equal(SignalingState.HaveLocalOffer, pair.Alice.SignalingState);
                    await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                }

                Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(200));
                await pair.Alice.CreateOfferAsync();
            });
        }

        Assert.InRange(applied, 1, 149);
    }

    [Fact]
    public void Candidates_Mutated_FailOnlyByName()
    {
        var random = RandomSource.Seeded(11);
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            for (var i = 0; i < 500; i++)
            {
                try
                {
                    await pair.Bob.AddIceCandidateAsync(
                        new IceCandidateInit(
                            Mutate(
                                "candidate:1 1 udp 2130706431 198.51.100.7 5000 typ srflx raddr 10.0.0.3 rport 9 generation 0 tcptype "
                                + "active",
                                random), "0"));
                }
                catch (RtcException error)
                {
                    Assert.Equal(RtcErrorNames.OperationError, error.Name);
                }
            }

            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
        });
    }

    private static string Mutate(string text, RandomSource random)
    {
        for (var times = 1 + random.Next(3); times > 0 && text.Length > 2; times--)
        {
            var at = random.Next(text.Length);
            var lines = text.Split('\n');
            var line = random.Next(lines.Length);
            text = random.Next(8) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, ((char)(32 + random.Next(96))).ToString()),
                2 => text[..at],
                3 => string.Join('\n', lines.Where((_, index) => index != line)),
                4 => string.Join('\n', lines.SelectMany((content, index) => index == line ? [content, content] : (string[])[content])),
                5 => string.Join('\n', lines.Select((content, index) => index == line ? lines[random.Next(lines.Length)] : content)),
                6 when lines[line].Trim().Length > 0 =>
                    text.Replace(lines[line].Trim(), "a=" + new string('9', random.Next(40)), StringComparison.Ordinal),
                _ => string.Concat(text.AsSpan(0, at), ((char)random.Next(0x250)).ToString(), text.AsSpan(at + 1)),
            };
        }

        return text;
    }
}
