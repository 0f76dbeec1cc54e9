namespace Parley.Net.Tests;

public class BigEndianTests
{
    [Fact]
    public void Writer_EachField_StandsInNetworkOrder()
    {
        var bytes = new byte[24];
        var writer = new BigEndianWriter(bytes);
        writer.WriteByte(0x01);
        writer.WriteUInt16(0x0203);
        writer.WriteUInt24(0x040506);
        writer.WriteUInt32(0x0708090A);
        writer.WriteUInt64(0x0B0C0D0E0F101112);
        writer.WriteBytes([0x13, 0x14]);
        writer.WriteZeros(1);
        writer.Take(1)[0] = 0x15;
        Assert.Equal(22, writer.Position);
        Assert.Equal(2, writer.Remaining);
        Assert.Equal("0102030405060708090A0B0C0D0E0F1011121314" + "0015", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Writer_PastTheEnd_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BigEndianWriter(new byte[1]).WriteUInt16(1));

    [Fact]
    public void Reader_EachField_IsReadInNetworkOrder()
    {
        var reader = new BigEndianReader(Convert.FromHexString("0102030405060708090A0B0C0D0E0F10111213141516"));
        Assert.True(reader.TryReadByte(out var one) && one == 1);
        Assert.True(reader.TryReadUInt16(out var two) && two == 0x0203);
        Assert.True(reader.TryReadUInt24(out var three) && three == 0x040506);
        Assert.True(reader.TryReadUInt32(out var four) && four == 0x0708090A);
        Assert.True(reader.TryReadUInt64(out var eight) && eight == 0x0B0C0D0E0F101112);
        Assert.True(reader.TrySkip(1));
        Assert.True(reader.TryReadBytes(3, out var rest) && rest.SequenceEqual(new byte[] { 0x14, 0x15, 0x16 }));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Reader_PastTheEnd_ConsumesNothing()
    {
        var reader = new BigEndianReader([1]);
        Assert.False(reader.TryReadUInt16(out _));
        Assert.False(reader.TryReadUInt24(out _));
        Assert.False(reader.TryReadUInt32(out _));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.False(reader.TryReadBytes(2, out _));
        Assert.False(reader.TryReadBytes(-1, out _));
        Assert.Equal(1, reader.Remaining);
        Assert.True(reader.TryReadByte(out _));
        Assert.False(reader.TryReadByte(out _));
    }

    [Theory]
    [InlineData(0, 65535, true)]
    [InlineData(1, 0, true)]
    [InlineData(5, 5, false)]
    [InlineData(0, 32767, false)]
    [InlineData(32767, 0, true)]
    public void SerialNumber_Wraps(int left, int right, bool after)
    {
        Assert.Equal(after, SerialNumber.IsAfter((ushort)left, (ushort)right));
        Assert.Equal(after, SerialNumber.IsAfter((uint)left << 16, (uint)right << 16));
    }
}
