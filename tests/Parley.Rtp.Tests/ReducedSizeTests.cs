namespace Parley.Rtp.Tests;

/// <summary>Whether feedback goes without a report before it is decided by what was negotiated (RFC 5506 §5, RFC 4585 §3.1).</summary>
public class ReducedSizeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Feedback_BeginsWithAReport_UnlessReducedSizeIsNegotiated(bool reducedSize)
    {
        var pair = new Pair(seed: 3);
        pair.B.Session.ReducedSizeRtcp = reducedSize;
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids, RtxSsrc = new(77) });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids });
        for (var i = 0; i < 200; i++)
        {
            video.Send(
                new()
                {
                    PayloadType = Media.Vp8.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp8Frame(i, 3000, i == 0),
                    IsKeyFrame = i == 0,
                }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
            pair.AtoB.Loss = 0.1;
        }

        // Every datagram of B's is RTCP: 200 and 201 begin a compound, 205 and 206 stand alone.
        var first = pair.BtoA.Log.Select(packet => packet[1]).ToArray();
        Assert.True(video.Statistics.NackCount > 20, $"{video.Statistics.NackCount}");
        Assert.Equal(reducedSize, first.Any(type => type is 205 or 206));
        Assert.All(first.Where(type => type is not (205 or 206)), type => Assert.InRange(type, 200, 201));
    }
}
