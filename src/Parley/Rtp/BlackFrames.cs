using Parley.Media;

namespace Parley;

/// <summary>
/// Black pictures of 320 by 180, encoded once by ffmpeg (libvpx, libaom and libx264, constrained baseline) from <c>color=black</c>: nothing
/// is encoded here, and a picture can change its size with each key frame.
/// </summary>
internal static class BlackFrames
{
    private static readonly byte[] Vp8 = Convert.FromBase64String(
        "8A4AnQEqQAG0AABHCIWFiIWEiAICAAYWBPcGgWSfa9ubJzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7" +
        "Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jzh7Jy4A/v+rUIA=");

    private static readonly byte[] Vp9 = Convert.FromBase64String("gkmDQgAT8As2ADgkHBhCAABQYfYwAABnGxTNJ3cWpuu300QA");

    private static readonly byte[] Av1 = Convert.FromBase64String(
        "CgsAAAAEPP7M2vkAQDJAEACEAAIIIIgAAMG05cDDARrGgmlO6YpHytLzeuce8zYqkOzds037N991Owx0mZpsi146pyJpfVimLppr/QBRgA==");

    private static readonly byte[] H264 = Convert.FromBase64String(
        "AAAAAWdCwBWmEQUGfnwEQAAAAwBAAAADAIPFi4RgAAAAAWjIQg8sgAAAAWWIggK///+HooAAoW+Tk5OTk5OTk5OTk5OTk5OTk5OTrrrrrrrrrrrrrrrrrrrr" +
        "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" +
        "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrwA==");

    /// <summary>A black key frame of a format; empty when there is none.</summary>
    public static byte[] For(MediaFormat format) =>
        format.Equals(MediaFormat.Vp8) ? Vp8
        : format.Equals(MediaFormat.Vp9) ? Vp9
        : format.Equals(MediaFormat.Av1) ? Av1
        : format.Equals(MediaFormat.H264) ? H264
        : [];
}
