using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// A later description with ICE credentials or a fingerprint that nobody asked for, as gateways send at a transfer or a hold. Chromium
/// takes them.
/// </summary>
public class ReAnswerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReAnswer_OfAnotherPeer_ConnectsToItAlthoughNothingRestarted(bool withOwnCertificate)
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            var carol = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [withOwnCertificate ? TestCertificates.Carol : TestCertificates.Bob] },
                pair.Simulator.AddHost("carol", "10.0.0.3").Platform,
                pair.Log);
            carol.AddTrack(call.Track(CallWithMedia.Music));
            var atAlice = new FrameCounter();
            call.Alice.Receiver.Track.Attach(atAlice);
            Pair.Trickle(pair.Alice, carol);
            Pair.Trickle(carol, pair.Alice);
            await pair.Alice.SetLocalDescriptionAsync();
            await carol.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            foreach (var candidate in call.Alice.Sender.Transport!.IceTransport.GetLocalCandidates())
            {
                await carol.AddIceCandidateAsync(candidate);
            }

            await carol.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(carol.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
            Assert.Equal("10.0.0.3", call.Alice.Sender.Transport!.IceTransport.GetSelectedCandidatePair()!.Remote.Address);
            if (withOwnCertificate)
            {
                // A new association, so that her media is understood.
                Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
                Assert.True(atAlice.Of(CallWithMedia.Music) > 30, $"{atAlice}");
            }

            carol.Close();
            call.End();
        });
    }

    [Theory]
    [InlineData(SdpType.Offer)]
    [InlineData(SdpType.Answer)]
    public void LaterDescription_WithAnotherFingerprint_BeginsANewAssociationOnThePath(SdpType type)
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            var states = new List<DtlsTransportState>();
            var dtls = call.Alice.Sender.Transport!;
            dtls.StateChanged += (_, _) => states.Add(dtls.State);
            var (from, to) = type == SdpType.Offer ? (pair.Bob, pair.Alice) : (pair.Alice, pair.Bob);
            await from.SetLocalDescriptionAsync();
            if (type == SdpType.Offer)
            {
                await to.SetRemoteDescriptionAsync(WithCarolsFingerprint(from.LocalDescription!));
                await to.SetLocalDescriptionAsync();
            }
            else
            {
                await to.SetRemoteDescriptionAsync(from.LocalDescription!);
                await to.SetLocalDescriptionAsync();
                await from.SetRemoteDescriptionAsync(WithCarolsFingerprint(to.LocalDescription!));
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal([DtlsTransportState.New, DtlsTransportState.Connecting], states.Take(2));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            call.End();
        });
    }

    [Fact]
    public void Restart_AnsweredWithTheCredentialsOfBefore_IsAccepted()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            await call.StartAsync();
            var before = pair.Alice.RemoteDescription!.Sdp;
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            await pair.Alice.SetRemoteDescriptionAsync(answer with
            {
                Sdp = Regex.Replace(
                    Regex.Replace(answer.Sdp, "a=ice-ufrag:.*", Regex.Match(before, "a=ice-ufrag:.*").Value),
                    "a=ice-pwd:.*",
                    Regex.Match(before, "a=ice-pwd:.*").Value),
            });
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            call.End();
        });
    }

    private static SessionDescription WithCarolsFingerprint(SessionDescription description) =>
        description with
        {
            Sdp = Regex.Replace(description.Sdp, "a=fingerprint:[^\r]*", $"a=fingerprint:{TestCertificates.Carol.Fingerprints[0]}"),
        };
}
