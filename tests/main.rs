mod panel;
mod view;
mod film;
