using Parley.Media;

namespace Parley.Tests.W3C;

/// <summary>What the types of JavaScript would refuse (TypeError) is an ArgumentException, and the connection goes on.</summary>
public class ArgumentTests
{
    [Fact]
    public void NullsAndUnknownValues_AreArgumentErrors_AndLeaveTheConnectionUsable()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            Func<Task>[] calls =
            [
                () => pair.Alice.SetLocalDescriptionAsync(new LocalSessionDescriptionInit((SdpType)99)),
                () => pair.Alice.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Offer, null!)),
                () => pair.Alice.SetRemoteDescriptionAsync(new SessionDescription((SdpType)99, "v=0")),
                () => pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, null!)),
                () => pair.Alice.AddIceCandidateAsync(new IceCandidateInit(null!, "0")),
                () => PeerConnection.GenerateCertificateAsync((string)null!),
                () => PeerConnection.GenerateCertificateAsync(new KeygenAlgorithm(null!)),
            ];
            foreach (var call in calls)
            {
                await Assert.ThrowsAnyAsync<ArgumentException>(call);
            }

            Assert.ThrowsAny<ArgumentException>(() => new IceCandidate(new IceCandidateInit(null!, "0")));
            Assert.ThrowsAny<ArgumentException>(() => pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), [null!]));
            Assert.ThrowsAny<ArgumentException>(() =>
                pair.Alice.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Streams = [null!] }));
            Assert.ThrowsAny<ArgumentException>(() =>
                pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { SendEncodings = [null!] }));
            Assert.Empty(pair.Alice.GetTransceivers());
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            Assert.ThrowsAny<ArgumentException>(() => transceiver.Sender.SetStreams([null!]));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        });
    }
}
