using Parley.Media;
using Parley.Rtp;
using Parley.Tests.Negotiation;

namespace Parley.Tests.Media;

/// <summary>How a picture must be turned goes with each frame (urn:3gpp:video-orientation).</summary>
public class OrientationTests
{
    [Fact]
    public void Orientation_OfEachFrame_ReachesThePeerAndHoldsUntilItChanges()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var track = new MediaStreamTrack(MediaKind.Video);
            pair.Alice.AddTrack(track);
            var sink = new Collector();
            pair.Bob.TrackAdded += (_, args) => args.Track.Attach(sink);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Contains("urn:3gpp:video-orientation", pair.Alice.LocalDescription!.Sdp);
            Assert.Contains("urn:3gpp:video-orientation", pair.Bob.LocalDescription!.Sdp);
            await pair.ConnectedAsync();
            var turned = new VideoOrientation(90, IsFlipped: true, IsBackCamera: true);
            VideoOrientation?[] sent = [null, turned, turned, new VideoOrientation(270), default(VideoOrientation), null];
            for (var i = 0; i < sent.Length; i++)
            {
                track.Write(new MediaFrame
                {
                    Format = MediaFormat.Vp8,
                    Data = new byte[] { 0x10, 0x00, 0x00, 0x9D, 0x01, 0x2A, 0x10, 0x00, 0x10, 0x00, 0x00, 0x00 },
                    Timestamp = TimeSpan.FromMilliseconds(40 * i),
                    IsKeyFrame = true,
                    Orientation = sent[i],
                });
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(40));
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(
                [null, turned, turned, new VideoOrientation(270), default(VideoOrientation), default(VideoOrientation)], sink.Seen);
        });
    }

    [Theory]
    [InlineData(0, 0, false, false)]
    [InlineData(1, 90, false, false)]
    [InlineData(7, 270, true, false)]
    [InlineData(10, 180, false, true)]
    public void Orientation_AsTheExtensionsByte_ReadsAndWritesItsBits(byte value, int rotation, bool isFlipped, bool isBackCamera)
    {
        var orientation = new VideoOrientation(rotation, isFlipped, isBackCamera);
        Assert.Equal(orientation, VideoOrientation.FromByte(value));
        Assert.Equal(value, orientation.ToByte());
    }

    private sealed class Collector : IMediaSink
    {
        public List<VideoOrientation?> Seen { get; } = [];

        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => Seen.Add(frame.Orientation);
    }
}
