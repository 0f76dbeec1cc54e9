namespace Parley.Media.Tests;

/// <summary>Makes what looks like VP8 frames from outside.</summary>
internal static class Vp8
{
    public static byte[] Frame(bool key, byte mark = 0, int width = 640, int height = 360) =>
        key
            ? [0x10, 0, 0, 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), mark, 1, 2, 3]
            : [0x11, 0, 0, mark, 1, 2, 3, 4, 5, 6, 7, 8];
}
