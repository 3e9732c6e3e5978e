//! Textures that a shader reads: the numbers of a field, gathered light, blocks of bloom.

/// A texture that a shader reads, and the group in which it is bound.
pub struct Sampled {
    pub texture: wgpu::Texture,
    pub view: wgpu::TextureView,
    pub group: wgpu::BindGroup,
}

impl Sampled {
    /// A texture for the numbers of a field, bound together with the uniform block.
    pub fn field(
        device: &wgpu::Device,
        shape: &wgpu::BindGroupLayout,
        uniform: &wgpu::Buffer,
        size: [u32; 2],
    ) -> Self {
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
        let (texture, view) = texture(device, size, wgpu::TextureFormat::R32Float, usage);
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("sheet"),
            layout: shape,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: uniform.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
            ],
        });
        Self {
            texture,
            view,
            group,
        }
    }

    /// A texture that is painted on in one pass and read in the next.
    pub fn readable(
        device: &wgpu::Device,
        shape: &wgpu::BindGroupLayout,
        format: wgpu::TextureFormat,
        size: [u32; 2],
    ) -> Self {
        let usage = wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING;
        let (texture, view) = texture(device, size, format, usage);
        let group = Self::group(device, shape, &view);
        Self {
            texture,
            view,
            group,
        }
    }

    /// Makes it anew unless it has the right size.
    pub fn fit(
        this: &mut Option<Self>,
        device: &wgpu::Device,
        shape: &wgpu::BindGroupLayout,
        format: wgpu::TextureFormat,
        size: [u32; 2],
    ) {
        if this.as_ref().is_none_or(|this| this.size() != size) {
            *this = Some(Self::readable(device, shape, format, size));
        }
    }

    /// The group that binds nothing but a view.
    pub fn group(
        device: &wgpu::Device,
        shape: &wgpu::BindGroupLayout,
        view: &wgpu::TextureView,
    ) -> wgpu::BindGroup {
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("read"),
            layout: shape,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(view),
            }],
        })
    }

    pub fn size(&self) -> [u32; 2] {
        [self.texture.width(), self.texture.height()]
    }
}

/// The size of a plain picture in the device's terms.
pub fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

fn texture(
    device: &wgpu::Device,
    size: [u32; 2],
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> (wgpu::Texture, wgpu::TextureView) {
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size: extent(size),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    });
    let view = texture.create_view(&Default::default());
    (texture, view)
}
