using System.Net;
using System.Net.Sockets;

namespace Parley.Net.Tests;

public class TransportAddressTests
{
    [Theory]
    [InlineData("192.0.2.1:5000")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:65535")]
    public void TryParse_AndBack_IsTheSame(string text)
    {
        Assert.True(TransportAddress.TryParse(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.Equal(IPEndPoint.Parse(text), address.ToIPEndPoint());
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(address, TransportAddress.FromBytes(bytes[..address.WriteAddress(bytes)], address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com:80")]
    [InlineData("192.0.2.1:99999")]
    [InlineData("[2001:db8::1")]
    public void TryParse_NotAnAddress_AnswersFalse(string text) => Assert.False(TransportAddress.TryParse(text, out _));

    [Fact]
    public void MappedAddress_IsTheIPv4AddressItStandsFor()
    {
        var mapped = new TransportAddress(IPAddress.Parse("::ffff:192.0.2.1"), 7);
        Assert.Equal(new TransportAddress(IPAddress.Parse("192.0.2.1"), 7), mapped);
        Assert.Equal(AddressFamily.InterNetwork, mapped.Family);
    }

    [Theory]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("127.9.9.9", true, false)]
    [InlineData("128.0.0.1", false, false)]
    [InlineData("::1", true, false)]
    [InlineData("::2", false, false)]
    [InlineData("169.254.1.1", false, true)]
    [InlineData("169.253.1.1", false, false)]
    [InlineData("fe80::1", false, true)]
    [InlineData("febf::1", false, true)]
    [InlineData("fec0::1", false, false)]
    public void Scope_OfAddress_IsRecognised(string address, bool loopback, bool linkLocal)
    {
        var subject = new TransportAddress(IPAddress.Parse(address), 1);
        Assert.Equal(loopback, subject.IsLoopback);
        Assert.Equal(linkLocal, subject.IsLinkLocal);
    }

    [Fact]
    public void Zone_DistinguishesLinkLocalAddresses()
    {
        var left = new TransportAddress(IPAddress.Parse("fe80::1%2"), 1);
        var right = new TransportAddress(IPAddress.Parse("fe80::1%3"), 1);
        Assert.NotEqual(left, right);
        Assert.False(left.HasSameAddress(right));
        Assert.Equal(2u, left.ScopeId);
        Assert.Equal(2, left.Address.ScopeId);
    }

    [Fact]
    public void Ports_Compare()
    {
        var address = new TransportAddress(IPAddress.Loopback, 1);
        Assert.NotEqual(address, address.WithPort(2));
        Assert.True(address.HasSameAddress(address.WithPort(2)));
        Assert.Equal(address, address.WithPort(2).WithPort(1));
        Assert.Equal("(none)", default(TransportAddress).ToString());
        Assert.Throws<ArgumentException>(() => TransportAddress.FromBytes(new byte[5], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransportAddress(IPAddress.Loopback, 65_536));
    }
}
